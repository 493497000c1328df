// SPDX-License-Identifier: Apache-2.0
// Recorded inventories read back through the same providers as live ones.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/inventory/snapshot.h"

namespace firmform::cli {

/// The snapshots of `hosts` out of `directory`. A host that was not recorded is unreachable in the result.
/// Fails with snapshot_unreadable.
[[nodiscard]] Result<inventory::Inventory> read_snapshot(const std::filesystem::path& directory,
                                                         const std::vector<std::string>& hosts);

}  // namespace firmform::cli

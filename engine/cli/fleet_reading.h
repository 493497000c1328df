// SPDX-License-Identifier: Apache-2.0
// The inventory of a project's hosts: live, or recorded with -from-snapshot.
#pragma once

#include "engine/cli/runtime.h"

namespace firmform::cli {

/// Options used: from-snapshot, read-parallelism, record. Problems of the whole are printed; those of single
/// hosts are in the inventory.
[[nodiscard]] OrExit<inventory::Inventory> read_inventory(const Project& project, const std::vector<std::string>& hosts,
                                                          const Arguments& arguments, Context& context);

}  // namespace firmform::cli

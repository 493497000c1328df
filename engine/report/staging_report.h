// SPDX-License-Identifier: Apache-2.0
// What a BMC keeps beside its firmware, for people and for programs.
#pragma once

#include <string>

#include "engine/inventory/snapshot.h"
#include "engine/json/value.h"

namespace firmform::report {

/// Repository, queue, windows and install sets with their totals; empty when the BMC keeps none of that.
[[nodiscard]] std::string staging_text(const inventory::Staging& staging, std::size_t width);

// One resource each. Names and times are verbatim; what is not set is null.
[[nodiscard]] json::Value to_json(const inventory::StoredImage& image);
[[nodiscard]] json::Value to_json(const inventory::QueueEntry& entry);
[[nodiscard]] json::Value to_json(const inventory::Window& window);
[[nodiscard]] json::Value to_json(const inventory::InstallSet& set);

/// {repository, queue, windows, install_sets, agent, clock}: null where the BMC has no such thing.
[[nodiscard]] json::Value staging_json(const inventory::Staging& staging);

}  // namespace firmform::report

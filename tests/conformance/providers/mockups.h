// SPDX-License-Identifier: Apache-2.0
// Captured trees of real BMCs as hosts that can be read.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/inventory/snapshot.h"
#include "engine/json/value.h"
#include "providers/redfish/client.h"

namespace firmform::tests {

struct Mockup {
  std::string folder;
  std::string provider;      ///< that ought to read it
  std::size_t firmware = 0;  ///< items of its FirmwareInventory
};

/// All trees, and how each ought to be read.
[[nodiscard]] const std::vector<Mockup>& mockups();
[[nodiscard]] std::filesystem::path mockup_path(const std::string& folder);
/// A resource of a tree as it lies on disk; null when the tree does not hold it.
[[nodiscard]] json::Value resource(const std::filesystem::path& tree, const std::string& uri);

/// What was read of a tree, and with how many requests.
struct Reading {
  inventory::HostSnapshot host;
  std::size_t requests = 0;
};
[[nodiscard]] Reading read_tree(const std::filesystem::path& tree,
                                const std::function<void(redfish::Client&)>& before_reading = {});

}  // namespace firmform::tests

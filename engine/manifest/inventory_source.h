// SPDX-License-Identifier: Apache-2.0
// Where an entry of `inventories:` takes its hosts from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/manifest/load.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

inline constexpr std::string_view kInventoriesKey = "inventories";

struct InventorySource {
  std::string path;               ///< of a file or directory of Ansible's; empty: a program
  std::vector<std::string> argv;  ///< of the program
  Duration timeout = std::chrono::minutes(1);

  /// Equal for equal sources; what SourceText::source holds.
  [[nodiscard]] std::string key() const;
};

/// The source that an entry names; empty when what it says of it is not right.
[[nodiscard]] std::optional<InventorySource> inventory_source(const YamlNode& entry);

/// The texts of a source. Relative paths, and the program, are relative to `directory`. What cannot be read or run
/// becomes a text with TextRole::unreadable. Runs the program and waits for it.
[[nodiscard]] std::vector<SourceText> read_inventory(const InventorySource& source,
                                                     const std::filesystem::path& directory);

}  // namespace firmform::manifest

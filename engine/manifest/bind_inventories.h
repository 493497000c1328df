// SPDX-License-Identifier: Apache-2.0
// The part of bind.h that takes hosts from inventories of others.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/manifest/ansible_inventory.h"
#include "engine/manifest/manifest.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// "10.0.0.1", "ilo-7.example.com:8443", "2001:db8::7" or a URL as the URL of a BMC; https where nothing else is said.
[[nodiscard]] std::string bmc_url(std::string_view address);

/// The texts behind all entries of `inventories:`, and what has been read of them.
class InventoryTexts {
 public:
  /// Texts of the manifest itself are left out.
  InventoryTexts(std::vector<SourceText> texts, SourceMap& sources);

  [[nodiscard]] SourceMap& sources() { return sources_; }
  /// The inventory of that source; null when it cannot be used. The first time, problems go to `diagnostics`; those
  /// without a place of their own are shown at `place`.
  const AnsibleInventory* inventory(const std::string& source, SourceSpan place, Diagnostics& diagnostics);

 private:
  std::map<std::string, std::vector<SourceText>> texts_;  ///< by source
  std::map<std::string, std::unique_ptr<AnsibleInventory>> read_;
  SourceMap& sources_;
};

/// Adds the hosts of an entry of `inventories:` to the manifest, each with these settings. Where hosts are missing
/// because of a problem, "hosts" becomes incomplete.
void bind_inventory(const YamlEntry& entry, const Settings& settings, InventoryTexts& texts, Manifest& manifest,
                    Diagnostics& diagnostics);

}  // namespace firmform::manifest

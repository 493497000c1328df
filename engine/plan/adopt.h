// SPDX-License-Identifier: Apache-2.0
// From hosts as they are to a manifest that wants them so: the other way round than planning. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/inventory/snapshot.h"
#include "engine/manifest/manifest.h"
#include "providers/provider.h"

namespace firmform::plan {

/// One line of a baseline: what a component is called, and the version that it runs.
struct AdoptedEntry {
  manifest::Selector component;
  std::string version;
  bool every = false;
  bool operator==(const AdoptedEntry&) const = default;
};

/// Entries for all firmware of the host that can be managed: active, with a known version, and not said to be fixed.
/// Each selects exactly one component, or with `every` several that run the same version.
[[nodiscard]] std::vector<AdoptedEntry> adopt_firmware(const inventory::HostSnapshot& host);

struct AdoptOptions {
  std::string username = "admin";
  manifest::PasswordSource password;
  std::optional<std::string> ca_file;       ///< as the manifest shall name it
  std::map<std::string, std::string> pins;  ///< by host: SHA-256 of the BMC's key, which alone is trusted for it
  std::map<std::string, std::map<std::string, std::string>> labels;  ///< by host
};

/// A manifest, as `firmform fmt` would write it, of the hosts that were read; the others are in it as comments. Hosts
/// of one model with the same firmware share a baseline.
[[nodiscard]] std::string adopt(const inventory::Inventory& inventory, const AdoptOptions& options);

/// What is wrong with a manifest that was made by adopt(): problems that it has, or changes that would be planned with
/// it. Empty when it is as it must be.
[[nodiscard]] std::vector<std::string> check_adopted(const std::string& text, const inventory::Inventory& inventory,
                                                     const Providers& providers);

/// A name for a host or a baseline: what of `text` may stand in one, in lower case. Empty when nothing may.
[[nodiscard]] std::string adopted_name(std::string_view text);

}  // namespace firmform::plan

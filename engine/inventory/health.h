// SPDX-License-Identifier: Apache-2.0
// Health and settings of a host, read just before its first write and after its last one. Plain values.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace firmform::inventory {

/// Redfish Health: "OK", "Warning", "Critical"; empty when the BMC does not say.
struct Health {
  std::string system;
  std::string bmc;
  std::string post;                            ///< BootProgress.LastState or the vendor's POST state
  std::map<std::string, std::string> sensors;  ///< those that are not OK: "Fan 3" to "Critical"
  int log_entries = 0;                         ///< warnings and worse in the event logs since the time asked for
  bool operator==(const Health&) const = default;
};

/// One setting of a host or its BMC. Passwords and keys are never among them.
struct Setting {
  std::string category;  ///< "bios", "boot", "bmc", "network"
  std::string uri;       ///< of the resource that takes the change
  std::string name;      ///< JSON pointer in it: "/Attributes/BootMode"
  std::string value;     ///< JSON text
  bool writable = true;  ///< false: compared, and never put back
  bool operator==(const Setting&) const = default;
};

/// Sorted by category, URI and name.
using Settings = std::vector<Setting>;

/// What differs, and what is missing or new on one side; in order.
struct SettingChange {
  Setting before;  ///< empty value: it was not there
  Setting after;   ///< empty value: it is gone
};
[[nodiscard]] std::vector<SettingChange> compare(const Settings& before, const Settings& after);

/// Digest over all of a category.
[[nodiscard]] std::string fingerprint(const Settings& settings, const std::string& category);

}  // namespace firmform::inventory

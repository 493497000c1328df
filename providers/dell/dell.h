// SPDX-License-Identifier: Apache-2.0
// Dell iDRAC: inventory Ids that hold slot, component id, version and place; images that find their own target.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "providers/redfish/quirks.h"

namespace firmform::dell {

[[nodiscard]] const redfish::Dialect& dialect();

/// Parts of an inventory Id such as "Installed-159-1.8.2__BIOS.Setup.1-1".
struct InventoryId {
  std::string slot;       ///< "Installed", "Previous", "Current", "Available"
  std::string component;  ///< "159"
  std::string fqdd;       ///< "BIOS.Setup.1-1"
};
[[nodiscard]] std::optional<InventoryId> parse_inventory_id(std::string_view id);

}  // namespace firmform::dell

// SPDX-License-Identifier: Apache-2.0
// Inventory of an iLO 4, which has no UpdateService: the system's own FirmwareInventory (ilo.md 7.4).
#pragma once

#include <vector>

#include "providers/redfish/client.h"
#include "providers/redfish/read.h"

namespace firmform::hpe {

/// URI of the inventory; empty when the system has none.
[[nodiscard]] std::string ilo4_inventory_uri(const json::Value& system);
/// The items in the shape of SoftwareInventory. Pure.
[[nodiscard]] std::vector<json::Value> ilo4_items(const json::Value& inventory);

/// Reads it into `resources.firmware`; a failure becomes a warning.
Task<redfish::Resources> with_ilo4_inventory(redfish::Client& client, redfish::Resources resources);

}  // namespace firmform::hpe

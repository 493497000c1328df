// SPDX-License-Identifier: Apache-2.0
// Settings that a flash may reset: of BIOS, boot, BMC and network. Secrets, readings and what a boot uses up are never
// among them. Reference: redfish.md A.6 (settings objects).
#pragma once

#include <string>
#include <vector>

#include "engine/inventory/health.h"
#include "providers/provider.h"
#include "providers/redfish/quirks.h"

namespace firmform::redfish {

/// Those of `categories` ("bios", "boot", "bmc", "network"), sorted. Only what the BMC does not have is left out.
Task<Result<inventory::Settings>> read_settings(Client& client, const Quirks& quirks,
                                                std::vector<std::string> categories);

// Pure: what one resource holds.
/// Attributes that run now; the settings object is where they are changed.
void add_bios(const json::Value& bios, inventory::Settings& settings);
void add_boot(const json::Value& system, const Quirks& quirks, inventory::Settings& settings);
/// Services of the BMC (ManagerNetworkProtocol): "bmc". Its names on the network: "network".
void add_services(const json::Value& protocol, inventory::Settings& settings);
/// An EthernetInterface of the BMC.
void add_interface(const json::Value& interface, inventory::Settings& settings);

/// PATCH requests that bring `present` back to `wanted`, those on the BMC's network last. Pure. A BIOS attribute that
/// new firmware no longer knows is not among them.
[[nodiscard]] std::vector<plan::PlannedRequest> put_back(const inventory::Settings& wanted,
                                                         const inventory::Settings& present, const Quirks& quirks);

}  // namespace firmform::redfish

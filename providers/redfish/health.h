// SPDX-License-Identifier: Apache-2.0
// Health of a host as its BMC tells it: Status of system and manager, POST, sensors that are not well. What a BMC does
// not have is left out; a BMC that refuses is a failure.
#pragma once

#include <span>
#include <vector>

#include "engine/inventory/health.h"
#include "providers/provider.h"
#include "providers/redfish/quirks.h"
#include "providers/redfish/read.h"

namespace firmform::redfish {

/// Health without the logs. Reads at most two chassis of the system, and no collection that would need a request for
/// each of many members.
Task<Result<inventory::Health>> read_health(Client& client, const Dialect& dialect);

/// The worse of two values of Redfish's Health; the empty one is the best.
[[nodiscard]] std::string worse_health(std::string a, std::string b);
/// Takes over what is not well in one resource: the fans, temperatures, power supplies, voltages and redundancies of
/// Thermal and Power, or the resource itself where it is a sensor, a fan or a power supply. Pure.
void note_sensors(const json::Value& resource, std::map<std::string, std::string>& sensors);
/// System, manager and POST. Pure.
[[nodiscard]] inventory::Health health_of(const Resources& resources, const Dialect& dialect);
/// How many of the entries are warnings or worse, and dated. Pure.
[[nodiscard]] int count_warnings(std::span<const LogEntry> entries);

}  // namespace firmform::redfish

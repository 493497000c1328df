// SPDX-License-Identifier: Apache-2.0
// Redfish resources as plain facts. Pure, and lenient: what is missing or of the wrong type reads as absent.
#pragma once

#include <vector>

#include "engine/inventory/snapshot.h"
#include "providers/redfish/read.h"

namespace firmform::redfish {

[[nodiscard]] inventory::SystemFacts system_facts(const json::Value& system, const json::Value& reset_info);
[[nodiscard]] inventory::ManagerFacts manager_facts(const json::Value& manager, const json::Value& reset_info);
[[nodiscard]] inventory::UpdateFacts update_facts(const json::Value& service, const json::Value& simple_update_info);

/// One inventory item, without address.
[[nodiscard]] inventory::Component component_facts(const json::Value& item, inventory::Kind kind);
/// All items of both inventories with their addresses, sorted by them.
[[nodiscard]] std::vector<inventory::Component> components(const Resources& resources, const Dialect& dialect);

/// Puts unfinished tasks into `host`. Those that wait for a restart of the host do not keep the update service
/// busy; they stand in vendor_facts["waiting_tasks"].
void note_tasks(inventory::HostSnapshot& host, const std::vector<json::Value>& tasks);
inline constexpr std::string_view kWaitingTasks = "waiting_tasks";

}  // namespace firmform::redfish

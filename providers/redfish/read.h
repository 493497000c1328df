// SPDX-License-Identifier: Apache-2.0
// Reads the resources that an inventory and a plan need, by following links from the service root. A part that is
// missing is a warning; a BMC that does not answer is a failure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/inventory/snapshot.h"
#include "providers/redfish/client.h"
#include "providers/redfish/quirks.h"

namespace firmform::redfish {

/// Resources as received. Null and empty where the service has none.
struct Resources {
  json::Value root;
  json::Value update_service;
  json::Value simple_update_info;  ///< ActionInfo, where the action itself does not list its values
  json::Value system;
  json::Value system_reset_info;
  json::Value manager;
  json::Value manager_reset_info;
  std::vector<json::Value> firmware;
  std::vector<json::Value> software;
  std::vector<json::Value> tasks;
  std::vector<std::string> warnings;
};

/// Everything. Independent reads run at once; the client limits how many.
Task<Result<Resources>> fetch(Client& client);
/// The system and its manager only.
Task<Result<Resources>> fetch_system(Client& client);
/// All tasks, finished ones too; those that vanish while they are read are left out.
Task<Result<std::vector<json::Value>>> fetch_tasks(Client& client);

/// What a plan can do without becomes a warning; a BMC that cannot be talked to stays a failure.
Status tolerate(const Error& error, std::string_view what, std::vector<std::string>& warnings);

/// The snapshot of what was fetched, in this dialect. Pure. Name and time are the caller's to add.
[[nodiscard]] inventory::HostSnapshot assemble(const Resources& resources, const Dialect& dialect);

}  // namespace firmform::redfish

// SPDX-License-Identifier: Apache-2.0
// What the BMC shows of a request that may or may not have been executed.
#pragma once

#include "providers/provider.h"
#include "providers/redfish/client.h"
#include "providers/redfish/quirks.h"

namespace firmform::redfish {

/// Weighs what was read. Pure. `tasks` are all of the BMC's tasks, finished ones too.
[[nodiscard]] Probe weigh(const plan::Action& action, const inventory::HostSnapshot& host,
                          const std::vector<json::Value>& tasks);

/// Evidence that the inventory alone gives: the effect is there. Pure.
[[nodiscard]] std::optional<Probe> effect_is_there(const plan::Action& action, const inventory::HostSnapshot& host);

/// The task that this request made, by its Payload; null when there is none.
[[nodiscard]] const json::Value* task_of(const plan::Action& action, const std::vector<json::Value>& tasks);

Task<Result<Probe>> probe_host(Client& client, const Dialect& dialect, const plan::Action& action);

}  // namespace firmform::redfish

// SPDX-License-Identifier: Apache-2.0
// Looks at an accepted request, once: its task, the host's POST, the BMC's return.
#pragma once

#include "providers/provider.h"
#include "providers/redfish/client.h"
#include "providers/redfish/quirks.h"

namespace firmform::redfish {

/// Reads the host in this dialect.
Task<Result<inventory::HostSnapshot>> read_host(Client& client, const Dialect& dialect);

Task<Result<Progress>> follow_task(Client& client, const plan::Action& action, const Accepted& accepted);
Task<Result<Progress>> follow_host(Client& client, const Dialect& dialect);
/// The BMC is back when it shows what the action's postconditions ask for. While it restarts, not to be reached
/// is progress, not failure.
Task<Result<Progress>> follow_bmc(Client& client, const Dialect& dialect, const plan::Action& action,
                                  const Accepted& accepted);
/// Whether the inventory shows what the action's postconditions ask for.
Task<Result<Progress>> follow_inventory(Client& client, const Dialect& dialect, const plan::Action& action);

/// Any completion but update_state, which is a vendor's.
Task<Result<Progress>> follow(Client& client, const Dialect& dialect, const plan::Action& action,
                              const Accepted& accepted);

}  // namespace firmform::redfish

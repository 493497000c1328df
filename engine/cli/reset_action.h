// SPDX-License-Identifier: Apache-2.0
// A restart that a person asks for, as an action of a plan. Pure.
#pragma once

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/inventory/snapshot.h"
#include "engine/plan/plan.h"
#include "providers/provider.h"

namespace firmform::cli {

/// Of the host. Without `type` the provider chooses a restart, and refuses it where it would do harm. Fails with
/// reset_not_offered and what the BMC allows, or with the provider's reason.
[[nodiscard]] Result<plan::Action> host_reset_action(const inventory::HostSnapshot& host, const Provider& provider,
                                                     const std::optional<std::string>& type);

/// Of the BMC itself. Without `type`: GracefulRestart or ForceRestart, whichever is offered first.
[[nodiscard]] Result<plan::Action> bmc_reset_action(const inventory::HostSnapshot& host,
                                                    const std::optional<std::string>& type);

}  // namespace firmform::cli

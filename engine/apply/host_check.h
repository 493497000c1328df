// SPDX-License-Identifier: Apache-2.0
// Whether a host that nothing was sent to yet may be changed: it can be reached and read, it is as the plan saw it,
// and nothing on it speaks against a change.
#pragma once

#include <optional>
#include <span>

#include "engine/apply/run.h"

namespace firmform::apply {

/// How a failure to reach or read a host counts.
[[nodiscard]] HostResult result_of(const Error& error);

/// Why the host is to be left alone; absent when its plan may be carried out. Pure.
[[nodiscard]] std::optional<HostOutcome> reason_against(const plan::Plan& plan, const plan::PlannedHost& host,
                                                        std::span<const plan::ActionId> actions,
                                                        const inventory::HostSnapshot& snapshot,
                                                        const Provider& provider);

/// The same for a host on which others were at work when it was first looked at. What they did may be what the plan
/// wants: then it is adopted, where the plan says so.
[[nodiscard]] std::optional<HostOutcome> reason_after_foreign_work(const plan::Plan& plan,
                                                                   const plan::PlannedHost& host,
                                                                   std::span<const plan::ActionId> actions,
                                                                   const inventory::HostSnapshot& snapshot,
                                                                   const Provider& provider);

/// The same for a host that is still to be read: connects, reads and logs out. Sends no write.
Task<std::optional<HostOutcome>> check_host(World world, const plan::Plan& plan, const plan::PlannedHost& host,
                                            std::vector<plan::ActionId> actions);

}  // namespace firmform::apply

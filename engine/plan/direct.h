// SPDX-License-Identifier: Apache-2.0
// A plan that a person asks for at the terminal, without a manifest's say: writes on what BMCs keep (stored images,
// queue, windows, install sets) and restarts. It is shown, journaled and carried out like any other plan. Pure.
#pragma once

#include <vector>

#include "engine/plan/make_plan.h"

namespace firmform::plan {

/// What is asked of one host, in order.
struct DirectRequest {
  const manifest::DesiredHost* desired = nullptr;
  const inventory::HostSnapshot* snapshot = nullptr;
  std::vector<ResourceWrite> writes;
  std::optional<Action> reset;  ///< of host or BMC, made by the provider; comes last
};

/// Changes and actions of all requests. What a provider refuses, and what the engine's own rules forbid (a full
/// repository, a locked image, too many windows or sets), is a blocked change with its reasons, as in make_plan().
[[nodiscard]] Parsed<Plan> make_direct_plan(const Inputs& inputs, const Providers& providers,
                                            const std::vector<DirectRequest>& requests);

}  // namespace firmform::plan

// SPDX-License-Identifier: Apache-2.0
// A part of a plan that is a plan of its own: it holds everything that its actions wait for, and nothing that would
// change more than was selected. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/plan/plan.h"

namespace firmform::plan {

/// The part of `whole` that `targets` select: "HOST" or "HOST/COMPONENT", each a name or a glob; a component by its
/// address or name. Whatever serves the selected changes alone comes with them; waves and budgets keep the hosts that
/// are left. Header::part_of is the whole's id. Fails with unknown_host or component_not_found for a target that
/// selects nothing, and with target_incomplete when the graph needs changes that are not selected: all of them are
/// named.
[[nodiscard]] Result<Plan> part_of(const Plan& whole, const std::vector<std::string>& targets);

}  // namespace firmform::plan

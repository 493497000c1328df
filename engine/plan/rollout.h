// SPDX-License-Identifier: Apache-2.0
// How the hosts of a plan follow one another: waves, budgets and gates, from the manifest's `rollout:`.
#pragma once

#include "engine/plan/finding.h"
#include "engine/plan/make_plan.h"
#include "engine/plan/plan.h"

namespace firmform::plan {

/// Fills Plan::rollout, and Plan::max_failures where that is a percentage. For plans whose changes and actions are
/// complete, before the id is computed. Leaves a plan as it is when the manifest says nothing of waves, gates or
/// budgets, or when there is nothing to do. Soaks and pauses come between waves: nothing waits after the last one.
void add_rollout(const Inputs& inputs, Findings& findings, Plan& plan);

}  // namespace firmform::plan

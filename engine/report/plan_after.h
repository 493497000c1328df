// SPDX-License-Identifier: Apache-2.0
// A plan once a run of it is over: what is done differs no more.
#pragma once

#include "engine/apply/view.h"
#include "engine/plan/plan.h"

namespace firmform::report {

/// `plan` with the changes of the hosts that are done as no-ops at the wanted versions, which the run has verified.
/// What is scheduled, and the changes of all other hosts, stay as they are.
[[nodiscard]] plan::Plan plan_after(plan::Plan plan, const apply::Summary& run);

}  // namespace firmform::report

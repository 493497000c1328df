// SPDX-License-Identifier: Apache-2.0
// How the hosts of a plan follow one another, as a person approves it: waves with their sizes and how these came about,
// gates, budgets, and what stops the run.
#pragma once

#include <string>

#include "engine/plan/plan.h"
#include "engine/report/style.h"

namespace firmform::report {

/// Empty for a plan without rollout. At most 20 lines of 80 columns, however large the fleet.
[[nodiscard]] std::string rollout_text(const plan::Plan& plan, const Style& style);

}  // namespace firmform::report

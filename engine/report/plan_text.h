// SPDX-License-Identifier: Apache-2.0
// A plan as text that a person approves at a glance: equal hosts in one line, then the exceptions, then one
// line of totals whose form never changes.
#pragma once

#include <string>

#include "engine/plan/plan.h"
#include "engine/plan/summary.h"
#include "engine/report/style.h"

namespace firmform::report {

struct PlanTextOptions {
  Style style;
  bool verbose = false;      ///< every action with its request, conditions and deadline
  int hosts_in_flight = 10;  ///< for the estimate, where the plan sets no limit
};

/// "No changes. The fleet matches the manifest." exactly when nothing is to do and nothing stands in the way; else
/// "Plan: N to update, N to downgrade, N unchanged, N blocked, N unreachable.", with what else there is (to create, to
/// remove, to invoke, pending) in between. No line ending.
[[nodiscard]] std::string plan_totals(const plan::Summary& summary);

/// Ends with plan_totals().
[[nodiscard]] std::string plan_text(const plan::Plan& plan, const PlanTextOptions& options);

}  // namespace firmform::report

// SPDX-License-Identifier: Apache-2.0
// Plans and reports on this terminal, the same for every verb.
#pragma once

#include "engine/cli/verb.h"
#include "engine/plan/plan.h"
#include "engine/report/style.h"

namespace firmform::cli {

[[nodiscard]] report::Style report_style(const Context& context);
/// Of -detailed-exitcode, for a plan that nothing stands in the way of: ok exactly when its text ends with "No changes.",
/// changes when there is something to apply, scheduled when the BMCs have the rest in their queues.
[[nodiscard]] Exit detailed_exit(const plan::Plan& plan);
void print_plan(const plan::Plan& plan, bool verbose, const Context& context);

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/plan_output.h"

#include "engine/apply/run.h"
#include "engine/report/plan_text.h"

namespace firmform::cli {

report::Style report_style(const Context& context) {
  return {.width = context.out.width, .color = context.out.color, .unicode = context.out.unicode};
}

Exit detailed_exit(const plan::Plan& plan) {
  if (!plan.actions.empty()) return Exit::changes;
  return plan.count(plan::ChangeKind::pending) > 0 ? Exit::scheduled : Exit::ok;
}

void print_plan(const plan::Plan& plan, bool verbose, const Context& context) {
  context.out.print(report::plan_text(
      plan, {.style = report_style(context), .verbose = verbose, .hosts_in_flight = apply::RunOptions().parallelism}));
}

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
// Plans and reports on this terminal, the same for every verb.
#pragma once

#include "engine/cli/verb.h"
#include "engine/plan/plan.h"
#include "engine/report/style.h"

namespace firmform::cli {

[[nodiscard]] report::Style report_style(const Context& context);
void print_plan(const plan::Plan& plan, bool verbose, const Context& context);

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
// A plan as text on the terminal, the same for plan, apply and show.
#pragma once

#include "engine/cli/verb.h"
#include "engine/plan/plan.h"

namespace firmform::cli {

void print_plan(const plan::Plan& plan, bool verbose, const Context& context);

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
// Every action of a plan in full, for the verbose text.
#pragma once

#include <string>

#include "engine/plan/plan.h"
#include "engine/report/style.h"

namespace firmform::report {

/// Host by host: request, image, what must hold before and after, how long it may take, what it needs.
[[nodiscard]] std::string actions_text(const plan::Plan& plan, const Style& style);

}  // namespace firmform::report

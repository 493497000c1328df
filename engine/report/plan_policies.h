// SPDX-License-Identifier: Apache-2.0
// What policies say of a plan, as a block of its text.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/report/style.h"

namespace firmform::report {

/// Everything but what passed, with its rule, what it is about, its place and how it is overridden; ends with an empty
/// line. Empty when all passed.
[[nodiscard]] std::string policies_text(const plan::Plan& plan, const Style& style);

/// "web-01, web-02 and 38 more"
[[nodiscard]] std::string folded(const std::vector<std::string>& subjects);

}  // namespace firmform::report

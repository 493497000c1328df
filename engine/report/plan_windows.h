// SPDX-License-Identifier: Apache-2.0
// When the hosts of a plan may begin.
#pragma once

#include <cstddef>
#include <string>

#include "engine/plan/plan.h"

namespace firmform::report {

/// One paragraph for all hosts with the same window: when it opens and closes, how long that is from the making of the
/// plan, and by when work must begin. Empty for plans without windows that apply keeps.
[[nodiscard]] std::string windows_text(const plan::Plan& plan, std::size_t width);

}  // namespace firmform::report

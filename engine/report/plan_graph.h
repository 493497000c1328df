// SPDX-License-Identifier: Apache-2.0
// The graph of a plan's actions as a picture. An arrow leads from what comes first to what needs it.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/plan/plan.h"

namespace firmform::report {

/// For Graphviz.
[[nodiscard]] std::string plan_dot(const plan::Plan& plan);
/// For Markdown (GitHub, GitLab).
[[nodiscard]] std::string plan_mermaid(const plan::Plan& plan);
/// Drawn by the program `dot` of Graphviz; blocks until it is done. Fails with tool_missing or output_failed.
[[nodiscard]] Result<std::string> plan_svg(const plan::Plan& plan);

}  // namespace firmform::report

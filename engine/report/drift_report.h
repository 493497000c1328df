// SPDX-License-Identifier: Apache-2.0
// Drift and explanations as text for people and JSON for programs.
#pragma once

#include <string>

#include "engine/json/value.h"
#include "engine/plan/drift.h"
#include "engine/plan/explain.h"
#include "engine/report/style.h"

namespace firmform::report {

/// "Drift: 4 older, 1 unreachable; 1 of 3 hosts in line." No line ending.
[[nodiscard]] std::string drift_totals(const plan::Drift& drift);
/// Equal drift of several hosts in one line; ends with drift_totals().
[[nodiscard]] std::string drift_text(const plan::Drift& drift, const Style& style);
[[nodiscard]] json::Value drift_json(const plan::Drift& drift);

[[nodiscard]] std::string explanation_text(const std::vector<plan::Explanation>& explanations, const Style& style);
[[nodiscard]] json::Value explanation_json(const std::vector<plan::Explanation>& explanations);

}  // namespace firmform::report

// SPDX-License-Identifier: Apache-2.0
// What the rules of a manifest say of a plan. Pure.
#pragma once

#include <vector>

#include "engine/manifest/manifest.h"
#include "engine/plan/plan.h"

namespace firmform::policy {

/// One result per rule, in order of their names; those that the plan passes included. `sources` is what the spans of
/// the rules point into. The order of hosts and changes in the plan does not matter.
[[nodiscard]] std::vector<plan::PolicyResult> evaluate(const plan::Plan& plan,
                                                       const manifest::Named<manifest::PolicyRule>& rules,
                                                       const SourceMap& sources);

/// What a rule or program does with a plan that it speaks against.
[[nodiscard]] plan::PolicyResult::Outcome outcome_of(manifest::Enforcement enforcement);

}  // namespace firmform::policy

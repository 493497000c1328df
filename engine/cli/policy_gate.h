// SPDX-License-Identifier: Apache-2.0
// Whether the policies of the manifest let a plan be carried out. Every way to a run leads through here.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/cli/project.h"
#include "engine/plan/plan.h"
#include "engine/policy/verdict.h"

namespace firmform::cli {

/// -override, for verbs that have runs and -reason.
[[nodiscard]] OptionSpec override_option();

/// What -override and -reason ask for: one reason for all, or one for each in their order. Fails with reason_needed and
/// usage.
[[nodiscard]] Result<std::vector<policy::Override>> overrides_of(const Arguments& arguments);

/// What rules and programs of the manifest of now say of a plan. Programs without a verdict are printed.
[[nodiscard]] std::vector<plan::PolicyResult> judged(const plan::Plan& plan, const Project& project, Context& context);

/// Keeps results with the plan, whose id is made anew to cover them.
void keep_results(plan::Plan& plan, std::vector<plan::PolicyResult> results);

/// The exit code of results: denied, where one denies or needs to be overridden.
[[nodiscard]] Exit exit_of(const std::vector<plan::PolicyResult>& results);

/// Marks what a person on this machine overrides; an override that cannot be is reported.
[[nodiscard]] Exit override_by_person(std::vector<plan::PolicyResult>& results,
                                      const std::vector<policy::Override>& overrides, Context& context);

/// Reports each result that is in the way of carrying the plan out. Ok: none is.
[[nodiscard]] Exit refuse(const std::vector<plan::PolicyResult>& results, Context& context);

/// Those that a person has overridden.
[[nodiscard]] std::vector<plan::PolicyResult> overridden(const std::vector<plan::PolicyResult>& results);

}  // namespace firmform::cli

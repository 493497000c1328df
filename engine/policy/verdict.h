// SPDX-License-Identifier: Apache-2.0
// From what programs answered to results, and from results to whether a plan may be applied. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/manifest/manifest.h"
#include "engine/plan/plan.h"
#include "engine/policy/program.h"

namespace firmform::policy {

/// What one program says of a plan.
struct Verdict {
  std::vector<plan::PolicyResult> results;  ///< at least one
  std::optional<Error> undecided;           ///< why there is no verdict; the only result denies then, or warns
};

/// The verdict of the program `name` of the manifest, whose entry is at `origin`. Exit statuses above 2 are no verdict,
/// nor is one other than 0 from a program that found nothing.
[[nodiscard]] Verdict verdict_of(const std::string& name, const manifest::PolicyCommand& command,
                                 const Result<ProgramEnd>& end, const std::string& origin);

/// The outcome that is in the way most; passed without results.
[[nodiscard]] plan::PolicyResult::Outcome worst_outcome(const std::vector<plan::PolicyResult>& results);

/// `now`, and of `before` what was stricter than all that the same rule says now. An override of before does not count.
[[nodiscard]] std::vector<plan::PolicyResult> stricter(std::vector<plan::PolicyResult> now,
                                                       const std::vector<plan::PolicyResult>& before);

/// What a person decides otherwise: all that a rule or a program says, or one rule of a program ("conftest:
/// main.deny").
struct Override {
  std::string rule;
  std::string reason;
};

/// Marks the results that `overrides` are about. Fails with policy_denied where a rule denies, and with
/// override_without_need where none of that name needs it; then nothing is marked.
[[nodiscard]] Status override_results(std::vector<plan::PolicyResult>& results, const std::vector<Override>& overrides,
                                      const std::string& by);

}  // namespace firmform::policy

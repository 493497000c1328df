// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/base/text.h"
#include "engine/policy/answer.h"
#include "engine/policy/evaluate.h"
#include "engine/policy/line.h"

namespace firmform::policy {
namespace {

using plan::PolicyResult;
using Outcome = PolicyResult::Outcome;

int weight(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return 0;
    case Outcome::warned:
      return 1;
    case Outcome::overridden:
      return 2;
    case Outcome::override_needed:
      return 3;
    case Outcome::denied:
      return 4;
  }
  return 4;
}

/// A verdict says more than its status: it only must not contradict it. conftest ends with 1 on failures, and with 1
/// or 2 when it was told to fail on warnings.
Result<std::vector<Finding>> findings_of(const ProgramEnd& end) {
  constexpr int kHighestVerdict = 2;
  const std::string said = one_line(end.err);
  const auto noted = [&](const Error& error) { return fail(said.empty() ? error : error.with_note(said)); };
  if (end.status > kHighestVerdict) {
    return noted(Error(Code::policy_undecided, fmt::format("it ended with status {}", end.status)));
  }
  auto findings = read_answer(end.out);
  if (!findings) return noted(findings.error());
  const bool found =
      std::ranges::any_of(*findings, [](const Finding& finding) { return finding.level != Finding::Level::passed; });
  if (end.status == 0 || found) return findings;
  return noted(Error(Code::policy_undecided, fmt::format("it found nothing, and ended with status {}", end.status)));
}

Outcome outcome_at(Finding::Level level, manifest::Enforcement enforcement) {
  if (level == Finding::Level::passed) return Outcome::passed;
  return level == Finding::Level::warning ? Outcome::warned : outcome_of(enforcement);
}

std::string named(const std::string& program, const std::string& rule) {
  return rule.empty() ? program : fmt::format("{}: {}", program, rule);
}

bool concerns(const Override& override, const PolicyResult& result) {
  return result.rule == override.rule || result.rule.starts_with(override.rule + ": ");
}

Error not_needed(const Override& override, const std::vector<PolicyResult>& results) {
  const bool known =
      std::ranges::any_of(results, [&](const PolicyResult& result) { return concerns(override, result); });
  if (known) {
    return Error(Code::override_without_need, fmt::format("`{}` does not ask to be overridden", override.rule));
  }
  const Error error(Code::override_without_need, fmt::format("there is no policy `{}`", override.rule));
  std::vector<std::string> names;
  for (const PolicyResult& result : results) names.push_back(result.rule);
  const auto near = nearest(override.rule, names);
  return near ? error.with_help(fmt::format("did you mean `{}`?", *near)) : error;
}

/// What speaks against an override.
Status check(const Override& override, const std::vector<PolicyResult>& results) {
  bool needed = false;
  for (const PolicyResult& result : results) {
    if (!concerns(override, result)) continue;
    needed |= result.outcome == Outcome::override_needed;
    if (result.outcome != Outcome::denied) continue;
    return fail(Error(Code::policy_denied, fmt::format("`{}` denies the plan, and cannot be overridden", result.rule))
                    .with_note(result.message));
  }
  if (needed) return {};
  return fail(not_needed(override, results));
}

}  // namespace

Verdict verdict_of(const std::string& name, const manifest::PolicyCommand& command, const Result<ProgramEnd>& end,
                   const std::string& origin) {
  const auto findings = end ? findings_of(*end) : Result<std::vector<Finding>>(fail(end.error()));
  if (!findings) {
    const Error error = findings.error().with_context(fmt::format("policy program `{}`", name));
    const bool warns = command.enforcement == manifest::Enforcement::warn;
    return {{PolicyResult{.rule = name,
                          .outcome = warns ? Outcome::warned : Outcome::denied,
                          .message = fmt::format("no verdict: {}", findings.error().message()),
                          .origin = origin}},
            error};
  }
  // What a rule says of several subjects is one result.
  std::map<std::tuple<std::string, Finding::Level, std::string>, std::set<std::string>> grouped;
  for (const Finding& finding : *findings) {
    grouped[{finding.rule, finding.level, finding.message}].insert(finding.subjects.begin(), finding.subjects.end());
  }
  Verdict verdict;
  for (const auto& [key, subjects] : grouped) {
    const auto& [rule, level, message] = key;
    verdict.results.push_back({.rule = named(name, rule),
                               .outcome = outcome_at(level, command.enforcement),
                               .message = message,
                               .subjects = {subjects.begin(), subjects.end()},
                               .origin = origin});
  }
  return verdict;
}

Outcome worst_outcome(const std::vector<PolicyResult>& results) {
  const auto worst =
      std::ranges::max_element(results, {}, [](const PolicyResult& result) { return weight(result.outcome); });
  return worst == results.end() ? Outcome::passed : worst->outcome;
}

std::vector<PolicyResult> stricter(std::vector<PolicyResult> now, const std::vector<PolicyResult>& before) {
  std::map<std::string, int> weights;
  for (const PolicyResult& result : now) {
    int& most = weights[result.rule];
    most = std::max(most, weight(result.outcome));
  }
  for (PolicyResult earlier : before) {
    if (earlier.outcome == Outcome::overridden) earlier.outcome = Outcome::override_needed;
    const int most = weights[earlier.rule];
    if (weight(earlier.outcome) <= most) continue;
    if (most == 0)
      std::erase_if(now, [&](const PolicyResult& result) {
        return result.rule == earlier.rule && result.outcome == Outcome::passed;
      });
    now.push_back(std::move(earlier));
  }
  return now;
}

Status override_results(std::vector<PolicyResult>& results, const std::vector<Override>& overrides,
                        const std::string& by) {
  for (const Override& override : overrides) {
    if (Status checked = check(override, results); !checked) return checked;
  }
  for (PolicyResult& result : results) {
    if (result.outcome != Outcome::override_needed) continue;
    const auto override =
        std::ranges::find_if(overrides, [&](const Override& candidate) { return concerns(candidate, result); });
    if (override == overrides.end()) continue;
    result.outcome = Outcome::overridden;
    result.reason = override->reason;
    result.by = by;
  }
  return {};
}

}  // namespace firmform::policy

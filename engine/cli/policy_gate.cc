// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/policy_gate.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>

#include "engine/plan/canonical.h"
#include "engine/plan/codec.h"
#include "engine/policy/evaluate.h"
#include "engine/report/plan_policies.h"

namespace firmform::cli {
namespace {

using plan::PolicyResult;
using Outcome = PolicyResult::Outcome;

/// "ann@ops-1", as the journal keeps it.
std::string person() {
  std::array<char, 256> machine{};
  ::gethostname(machine.data(), machine.size() - 1);
  const char* user = std::getenv("USER");
  const std::string name = user != nullptr && *user != '\0' ? user : fmt::format("user {}", ::getuid());
  return printable(fmt::format("{}@{}", name, machine.data()));
}

/// Variables with passwords of BMCs: nothing that a policy needs.
std::set<std::string> withheld_variables(const manifest::Desired& desired) {
  std::set<std::string> names;
  const auto add = [&](const manifest::PasswordSource& source) {
    if (source.kind == manifest::PasswordSource::Kind::env) names.insert(source.name);
  };
  for (const auto& [name, host] : desired.hosts) {
    add(host.credentials.password);
    for (const manifest::PasswordSource& source : host.credentials.password.unlock) add(source);
  }
  for (const auto& [name, notification] : desired.notifications) {
    if (notification.value.hmac) add(*notification.value.hmac);
  }
  return names;
}

process::Input text_of(const plan::Plan& plan) {
  return [&plan](const std::function<void(std::string_view)>& sink) { plan::write_canonical(plan, true, sink); };
}

void print_undecided(const Error& error, const manifest::PolicyCommand& command, const Project& project,
                     Context& context) {
  Diagnostic diagnostic = to_diagnostic(error);
  diagnostic.primary = Label{command.span, "gave no verdict"};
  if (command.enforcement == manifest::Enforcement::warn) diagnostic.severity = Severity::warning;
  Diagnostics diagnostics;
  diagnostics.add(std::move(diagnostic));
  context.report(diagnostics, *project.sources);
}

Error refusal(const PolicyResult& result) {
  const bool denied = result.outcome == Outcome::denied;
  Error error(denied ? Code::policy_denied : Code::override_needed,
              fmt::format("policy `{}` {}: {}", result.rule, denied ? "denies the plan" : "asks to be overridden",
                          result.message));
  if (!result.subjects.empty()) error = error.with_note(report::folded(result.subjects));
  if (!result.origin.empty()) error = error.with_note(fmt::format("defined at {}", result.origin));
  if (denied) return error;
  return error.with_help(
      fmt::format("change what the rule is about, or add `-override \"{}\" -reason TEXT`", result.rule));
}

}  // namespace

OptionSpec override_option() {
  return {"override", "RULE",
          "Go on although this policy asks to be overridden; needs -reason. May be given several times.", true};
}

Result<std::vector<policy::Override>> overrides_of(const Arguments& arguments) {
  const std::vector<std::string> rules = arguments.values("override");
  std::vector<std::string> reasons;
  for (const std::string& reason : arguments.values("reason")) {
    if (std::string text = printable(trim(reason)); !text.empty()) reasons.push_back(std::move(text));
  }
  if (rules.empty()) return std::vector<policy::Override>();
  if (reasons.empty()) {
    return fail(Error(Code::reason_needed, "-override goes on with what a policy refuses")
                    .with_help("say why with -reason TEXT; the journal keeps it"));
  }
  if (reasons.size() != 1 && reasons.size() != rules.size()) {
    return fail(Error(Code::usage, fmt::format("{} for {}", counted(reasons.size(), "reason"),
                                               counted(rules.size(), "-override", "-overrides")))
                    .with_help("give one -reason for all, or one for each -override in their order"));
  }
  std::vector<policy::Override> overrides;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    overrides.push_back({rules[i], reasons.size() == 1 ? reasons.front() : reasons[i]});
  }
  return overrides;
}

std::vector<PolicyResult> judged(const plan::Plan& plan, const Project& project, Context& context) {
  const manifest::Policies& policies = project.desired.policies;
  std::vector<PolicyResult> results = policy::evaluate(plan, policies.rules, *project.sources);
  for (const auto& [name, entry] : policies.commands) {
    const manifest::PolicyCommand& command = entry.value;
    const auto end = policy::run({.argv = command.argv,
                                  .directory = project.directory,
                                  .withheld = withheld_variables(project.desired),
                                  .timeout = command.timeout},
                                 text_of(plan));
    policy::Verdict verdict = policy::verdict_of(name, command, end, project.sources->describe(command.span));
    if (verdict.undecided) print_undecided(*verdict.undecided, command, project, context);
    std::ranges::move(verdict.results, std::back_inserter(results));
  }
  return results;
}

void keep_results(plan::Plan& plan, std::vector<PolicyResult> results) {
  if (results == plan.policies) return;
  plan.policies = std::move(results);
  plan.header.id = plan::compute_id(plan);
}

Exit exit_of(const std::vector<PolicyResult>& results) {
  const Outcome worst = policy::worst_outcome(results);
  return worst == Outcome::denied || worst == Outcome::override_needed ? Exit::denied : Exit::ok;
}

Exit override_by_person(std::vector<PolicyResult>& results, const std::vector<policy::Override>& overrides,
                        Context& context) {
  const Status done = policy::override_results(results, overrides, person());
  return done ? Exit::ok : context.report(done.error());
}

Exit refuse(const std::vector<PolicyResult>& results, Context& context) {
  Exit exit = Exit::ok;
  for (const PolicyResult& result : results) {
    const bool in_the_way = result.outcome == Outcome::denied || result.outcome == Outcome::override_needed;
    if (in_the_way) exit = worst(exit, context.report(refusal(result)));
  }
  return exit;
}

std::vector<PolicyResult> overridden(const std::vector<PolicyResult>& results) {
  std::vector<PolicyResult> found;
  std::ranges::copy_if(results, std::back_inserter(found),
                       [](const PolicyResult& result) { return result.outcome == Outcome::overridden; });
  return found;
}

}  // namespace firmform::cli

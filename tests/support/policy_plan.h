// SPDX-License-Identifier: Apache-2.0
// Plans and rules by hand, for tests of policies.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/policy/evaluate.h"

namespace firmform::tests {

/// A plan to which hosts and changes are added in any order.
class PolicyPlan {
 public:
  plan::PlannedHost& host(const std::string& name) {
    plan::PlannedHost made;
    made.name = name;
    made.model = "ProLiant DL360 Gen10 Plus";
    made.status = "ok";
    plan.hosts.push_back(std::move(made));
    return plan.hosts.back();
  }

  plan::Change& change(const std::string& host, const std::string& address, plan::ChangeKind kind,
                       plan::Restarts restarts = plan::Restarts::nothing) {
    plan::Change made;
    made.host = host;
    made.address = address;
    made.name = address == "SystemRomActive" ? "System ROM" : address == "SystemBMC" ? "iLO 5" : address;
    made.kind = kind;
    if (kind != plan::ChangeKind::no_op && kind != plan::ChangeKind::blocked) {
      plan::Action action;
      action.id = static_cast<plan::ActionId>(plan.actions.size());
      action.host = host;
      action.restarts = restarts;
      made.actions.push_back(action.id);
      plan.actions.push_back(std::move(action));
    }
    plan.changes.push_back(std::move(made));
    return plan.changes.back();
  }

  plan::Plan plan;
};

inline manifest::Text word(const std::string& text) {
  return {text, {}};
}

inline std::optional<manifest::Spanned<manifest::Share>> share(std::int64_t value, bool percent) {
  return manifest::Spanned<manifest::Share>{{value, percent}, {}};
}

/// What a single rule, at rules.yaml:1:1, says of a plan.
inline plan::PolicyResult judged(const plan::Plan& plan, const manifest::PolicyRule& rule,
                                 const std::string& name = "rule") {
  SourceMap sources;
  const FileId file = sources.add("rules.yaml", "rule:\n");
  manifest::Named<manifest::PolicyRule> rules;
  rules[name] = {rule, {}};
  rules[name].value.span = {file, 1, 1, 4};
  return policy::evaluate(plan, rules, sources).front();
}

}  // namespace firmform::tests

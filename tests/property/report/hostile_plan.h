// SPDX-License-Identifier: Apache-2.0
// Plans that no planner would make: any number of hosts, and texts that break out of formats.
#pragma once

#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>

#include "tests/support/report_case.h"

namespace firmform::tests {

inline std::string hostile_text() {
  static const std::vector<std::string> parts = {"U46_2.10 (08/10/2024)",
                                                 "\x01\x1b[31m",
                                                 "]]>",
                                                 "-->",
                                                 "<script>alert(1)</script>",
                                                 "\"'&amp;&",
                                                 "\n",
                                                 "\r\n",
                                                 "\t",
                                                 "\xff\xfe",
                                                 "\xEF\xBF\xBF",
                                                 "\xEF\xBF\xBE",
                                                 "\xED\xA0\x80",
                                                 "💾",
                                                 "é",
                                                 "|",
                                                 "`",
                                                 "```",
                                                 "@everyone",
                                                 "#1",
                                                 "[a](b)",
                                                 "](",
                                                 "::error::",
                                                 "%0A",
                                                 "{0}",
                                                 "\\",
                                                 "$x$",
                                                 "https://evil.example",
                                                 "www.evil.example",
                                                 "</details>",
                                                 "\xC2\x9B",
                                                 std::string(1, '\0'),
                                                 "<!-- firmform:plan . -->"};
  std::string text;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) text += *rc::gen::elementOf(parts);
  if (*rc::gen::inRange(0, 40) == 0) text += std::string(3'000, 'x');
  return text;
}

inline plan::Reason hostile_reason() {
  const Code code = *rc::gen::element(Code::component_ambiguous, Code::downgrade_denied, Code::update_service_busy);
  return {code, "web/X: " + hostile_text() + " (a.yaml:3:4)", {hostile_text()}};
}

inline plan::Change hostile_change(plan::Plan& plan, const std::string& host, int number) {
  using plan::ChangeKind;
  plan::Change change{
      .host = host,
      .resource = plan::ResourceType::firmware,
      .address = fmt::format("C{}{}", number, hostile_text()),
      .name = hostile_text(),
      .kind = *rc::gen::element(ChangeKind::no_op, ChangeKind::update, ChangeKind::downgrade, ChangeKind::create,
                                ChangeKind::delete_, ChangeKind::invoke, ChangeKind::pending, ChangeKind::blocked),
      .from = hostile_text(),
      .to = hostile_text(),
      .origin = *rc::gen::element<std::string>("a.yaml:3:4", "b c.yaml:1:1", "", "odd")};
  if (change.kind == ChangeKind::create || change.kind == ChangeKind::delete_) {
    change.resource = plan::ResourceType::stored_image;
    change.details = {hostile_text()};
  }
  const bool is_idle =
      change.kind == ChangeKind::no_op || change.kind == ChangeKind::pending || change.kind == ChangeKind::blocked;
  if (change.kind == ChangeKind::blocked || *rc::gen::inRange(0, 4) == 0) change.reasons = {hostile_reason()};
  if (!is_idle) {
    plan::Action action{.id = static_cast<plan::ActionId>(plan.actions.size()),
                        .host = host,
                        .type = plan::ActionType::flash,
                        .components = {change.address},
                        .summary = hostile_text(),
                        .expected = std::chrono::minutes(5)};
    change.actions = {action.id};
    plan.actions.push_back(std::move(action));
  }
  return change;
}

inline void add_policies(plan::Plan& plan) {
  using Outcome = plan::PolicyResult::Outcome;
  const int count = *rc::gen::inRange(0, 5);
  for (int i = 0; i < count; ++i) {
    plan.policies.push_back({.rule = hostile_text(),
                             .outcome = *rc::gen::element(Outcome::passed, Outcome::warned, Outcome::override_needed,
                                                          Outcome::overridden, Outcome::denied),
                             .message = hostile_text(),
                             .subjects = {hostile_text(), hostile_text()},
                             .origin = "p.yaml:1:2",
                             .reason = hostile_text(),
                             .by = hostile_text()});
  }
}

/// Of `hosts` hosts; each is told apart by its number.
inline ReportCase hostile_case(int hosts) {
  ReportCase made;
  plan::Plan& plan = made.plan;
  plan.header.id = std::string(64, 'a');
  plan.header.created_at = kNow;
  for (int i = 0; i < hosts; ++i) {
    plan::PlannedHost host;
    host.name = fmt::format("h{:06}{}", i, *rc::gen::inRange(0, 6) == 0 ? hostile_text() : std::string());
    host.status = *rc::gen::inRange(0, 9) == 0 ? "unreachable" : "ok";
    if (host.status != "ok") {
      host.problems = {{Code::host_unreachable, hostile_text(), {}}};
    } else {
      const int changes = *rc::gen::inRange(0, 4);
      for (int c = 0; c < changes; ++c) plan.changes.push_back(hostile_change(plan, host.name, c));
    }
    plan.hosts.push_back(std::move(host));
  }
  add_policies(plan);
  made.verb = *rc::gen::element<std::string>("plan", "drift", "show");
  const int problems = *rc::gen::inRange(0, 3);
  for (int i = 0; i < problems; ++i) {
    made.diagnostics.add({.code = Code::unknown_key, .message = hostile_text(), .help = {hostile_text()}});
  }
  return made;
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// -detailed-exitcode, text and event of a plan say the same, whatever the plan.
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include "engine/cli/plan_output.h"
#include "engine/report/event_stream.h"
#include "engine/report/plan_text.h"

namespace firmform::tests {
namespace {

using plan::ChangeKind;

bool is_carried_out(ChangeKind kind) {
  return kind != ChangeKind::no_op && kind != ChangeKind::pending && kind != ChangeKind::blocked;
}

/// A plan that nothing stands in the way of: what blocks and who cannot be read have exit codes of their own.
plan::Plan some_plan() {
  plan::Plan plan;
  plan.hosts = {{.name = "web-01", .status = "ok"}};
  const auto kinds = *rc::gen::container<std::vector<ChangeKind>>(
      rc::gen::element(ChangeKind::no_op, ChangeKind::no_op, ChangeKind::update, ChangeKind::downgrade,
                       ChangeKind::create, ChangeKind::delete_, ChangeKind::invoke, ChangeKind::pending));
  for (const ChangeKind kind : kinds) {
    plan::Change change{
        .host = "web-01", .address = "C" + std::to_string(plan.changes.size()), .kind = kind, .to = "2"};
    if (is_carried_out(kind)) {
      change.actions = {static_cast<plan::ActionId>(plan.actions.size())};
      plan::Action action;
      action.id = change.actions.front();
      action.host = change.host;
      plan.actions.push_back(std::move(action));
    }
    plan.changes.push_back(std::move(change));
  }
  return plan;
}

}  // namespace

TEST_CASE("The detailed exit code is 0 exactly when the text says No changes and the event counts none") {
  rc::prop("exit, text and event", [] {
    const plan::Plan plan = some_plan();
    const Exit exit = cli::detailed_exit(plan);
    const bool says_none = report::plan_totals(plan::summarize(plan)).starts_with("No changes.");
    RC_ASSERT((exit == Exit::ok) == says_none);
    RC_ASSERT((exit == Exit::changes) == !plan.actions.empty());

    std::vector<json::Value> events;
    const SystemClock clock;
    report::EventStream stream([&](std::string_view line) { events.push_back(*json::parse(line)); }, clock, "0");
    stream.tell(plan, {});
    stream.tell_planned(plan, exit);
    std::int64_t counted = 0;
    for (const json::Member& member : events.back()["changes"].members()) {
      if (member.key != "operation" && member.key != "no_op") counted += member.value.as_int().value_or(0);
    }
    RC_ASSERT((exit == Exit::ok) == (counted == 0));
    RC_ASSERT((exit == Exit::ok) == (events.size() == 2U));
    RC_ASSERT(events.back()["exit"]["code"].as_int() == static_cast<std::int64_t>(exit));
  });
}

}  // namespace firmform::tests

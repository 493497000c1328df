// SPDX-License-Identifier: Apache-2.0
// What programs read of a plan while it is made.
#include "engine/report/event_stream.h"

#include <catch2/catch.hpp>

#include <map>

#include "tests/support/golden.h"
#include "tests/support/json_schema.h"
#include "tests/support/told_run.h"

namespace firmform::tests {
namespace {

using plan::ChangeKind;

/// Collects the lines, and sees that each is as the schema says and counts on.
struct Events {
  Events() : stream([this](std::string_view line) { take(line); }, clock, "0.1.0") {}

  void take(std::string_view line) {
    REQUIRE(line.ends_with("}\n"));
    REQUIRE(line.find('\n') == line.size() - 1);
    json::Value event = *json::parse(line);
    INFO(line);
    CHECK(schema.violation(event).empty());
    all.push_back(std::move(event));
    CHECK(all.back()["seq"].as_int() == static_cast<std::int64_t>(all.size()));
  }

  [[nodiscard]] std::vector<std::string> types() const {
    std::vector<std::string> result;
    for (const json::Value& event : all) result.emplace_back(event.text("type"));
    return result;
  }

  JsonSchema schema{
      *json::parse(read_text(std::filesystem::path(FIRMFORM_SOURCE_DIR) / "schemas" / "event.v1.schema.json"))};
  std::vector<json::Value> all;
  HandClock clock;
  report::EventStream stream;
};

plan::Change change(std::string host, std::string address, ChangeKind kind) {
  return {
      .host = std::move(host), .address = std::move(address), .name = "Part", .kind = kind, .from = "1.0", .to = "2.0"};
}

plan::Plan fleet_plan() {
  plan::Plan plan;
  plan.header.id = std::string(64, 'a');
  plan.hosts = {{.name = "web-01", .provider = "hpe", .status = "ok"}, {.name = "web-02", .status = "unreachable"}};
  plan.changes = {
      change("web-01", "A", ChangeKind::update),        change("web-01", "B", ChangeKind::downgrade),
      change("web-01", "C", ChangeKind::no_op),         change("web-01", "D", ChangeKind::blocked),
      change("web-01", "E", ChangeKind::pending),       change("web-01", "install-set:golden", ChangeKind::invoke),
      change("web-01", "window:a", ChangeKind::create), change("web-01", "window:b", ChangeKind::delete_)};
  plan.changes[3].reasons = {{Code::downgrade_denied, "web-01: D: \x1b[31mdenied", {}}};
  plan.changes[5].resource = plan::ResourceType::install_set;
  plan.changes[6].resource = plan.changes[7].resource = plan::ResourceType::window;
  plan.changes[6].from.reset();
  plan.policies = {
      {.rule = "small", .outcome = plan::PolicyResult::Outcome::warned, .message = "many", .subjects = {"web-01"}}};
  return plan;
}

}  // namespace

TEST_CASE("A plan is told as drift, changes, policies and a summary, in Terraform's words") {
  Events events;
  const plan::Plan plan = fleet_plan();
  events.stream.tell(plan, plan::drift_of(plan, {}));
  events.stream.tell_planned(plan, Exit::changes);

  std::map<std::string, int> counts;
  for (const std::string& type : events.types()) ++counts[type];
  CHECK(counts["version"] == 1);
  CHECK(counts["planned_change"] == 7);  // what stays as it is has no line
  CHECK(counts["policy_result"] == 1);
  CHECK(counts["resource_drift"] == static_cast<int>(plan::drift_of(plan, {}).entries.size()));
  CHECK(counts["resource_drift"] > 0);
  CHECK(events.types().front() == "version");
  CHECK(events.types().back() == "change_summary");
  CHECK(events.all.back().text("run_id") == plan.header.id);

  const json::Value& summary = events.all.back();
  CHECK(summary["changes"]["add"].as_int() == 1);
  CHECK(summary["changes"]["change"].as_int() == 3);
  CHECK(summary["changes"]["remove"].as_int() == 1);
  CHECK(summary["changes"]["blocked"].as_int() == 1);
  CHECK(summary["changes"].text("operation") == "plan");
  CHECK(summary["exit"]["code"].as_int() == 2);

  for (const json::Value& event : events.all) {
    if (event.text("type") != "planned_change" || event["change"].text("kind") != "blocked") continue;
    CHECK(event["change"].text("action") == "noop");
    CHECK(event.text("@level") == "warn");
    CHECK(event.text("@message").find('\x1b') == std::string_view::npos);
    CHECK(event["change"]["resource"].text("addr") == "web-01/D");
    CHECK(event["change"]["resource"].text("implied_provider") == "hpe");
  }
}

TEST_CASE("A summary without changes is a plan without changes") {
  Events events;
  plan::Plan plan;
  plan.hosts = {{.name = "web-01", .status = "ok"}};
  plan.changes = {change("web-01", "A", ChangeKind::no_op)};
  events.stream.tell(plan, {});
  events.stream.tell_planned(plan, Exit::ok);
  CHECK(events.types() == std::vector<std::string>{"version", "change_summary"});
  CHECK(events.all.back().text("@message") == "No changes. The fleet matches the manifest.");
  for (const json::Member& count : events.all.back()["changes"].members()) {
    if (count.key != "operation" && count.key != "no_op") CHECK(count.value.as_int() == 0);
  }
}

TEST_CASE("Problems of a manifest are lines with their place in it") {
  Events events;
  SourceMap sources;
  const FileId file = sources.add("fleet.yaml", "firmform: v1\nhosts: 3\n");
  Diagnostics diagnostics;
  Diagnostic wrong{.code = Code::usage, .severity = Severity::error, .message = "hosts is no mapping"};
  wrong.primary = Label{.span = {.file = file, .line = 2, .column = 8, .length = 1}, .text = "this is a number"};
  wrong.help = {"write a mapping"};
  diagnostics.add(wrong);
  diagnostics.add({.code = Code::usage, .severity = Severity::warning, .message = "also this"});
  events.stream.tell(diagnostics, sources);
  REQUIRE(events.types() == std::vector<std::string>{"version", "diagnostic", "diagnostic"});
  const auto error =
      std::ranges::find(events.all, json::Value("error"), [](const json::Value& event) { return event["@level"]; });
  REQUIRE(error != events.all.end());
  CHECK((*error)["diagnostic"]["range"].text("filename") == "fleet.yaml");
  CHECK((*error)["diagnostic"]["range"]["start"]["line"].as_int() == 2);
}

TEST_CASE("The last event of a run tells the exit code of the program, and counts what was done") {
  Events events;
  plan::Plan plan = told_plan(2);
  plan.changes = {change("web-01", "A", ChangeKind::update), change("web-02", "A", ChangeKind::update)};
  const auto view =
      report::make_json_view(events.stream, [](Exit exit) { return exit == Exit::ok ? Exit::changes : exit; });
  view->run_started(plan, "r1", false);
  apply::Summary summary{.run_id = "r1"};
  summary.hosts["web-01"].result = apply::HostResult::done;
  summary.hosts["web-02"].result = apply::HostResult::done;
  view->run_finished(summary);
  CHECK(events.all.back()["exit"]["code"].as_int() == 2);
  CHECK(events.all.back()["changes"]["change"].as_int() == 2);
  CHECK(events.all.back()["changes"].text("operation") == "apply");
  CHECK(events.all.back().text("run_id") == "r1");
}

}  // namespace firmform::tests

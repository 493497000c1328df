// SPDX-License-Identifier: Apache-2.0
#include "engine/report/fleet_formats.h"

#include <catch2/catch.hpp>

#include "engine/json/value.h"
#include "engine/report/fleet_findings.h"
#include "engine/report/reports.h"
#include "tests/support/report_case.h"

namespace firmform::tests {
namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Hosts that all differ, as no grouping can shorten.
ReportCase many_hosts(int hosts) {
  ReportCase made;
  made.plan.header.id = std::string(64, 'a');
  for (int i = 0; i < hosts; ++i) {
    plan::PlannedHost host;
    host.name = fmt::format("web-{:05}", i);
    host.status = "ok";
    const auto id = static_cast<plan::ActionId>(i);
    made.plan.changes.push_back({.host = host.name,
                                 .address = "SystemBMC",
                                 .name = "iLO 5",
                                 .kind = plan::ChangeKind::update,
                                 .from = fmt::format("2.{}", i),
                                 .to = "3.11",
                                 .actions = {id}});
    made.plan.actions.push_back({.id = id, .host = host.name, .type = plan::ActionType::flash});
    made.plan.hosts.push_back(std::move(host));
  }
  return made;
}

}  // namespace

TEST_CASE("The comment about a large fleet uses its room, and says how many hosts are elsewhere") {
  ReportCase made = many_hosts(3'000);
  const std::string text = report::markdown_report(made.report());
  CHECK(text.size() <= report::kLongestComment);
  CHECK(text.size() > report::kLongestComment * 9 / 10);
  CHECK(has(text, "Plan: 3000 to update"));
  CHECK(has(text, " further hosts are in the job's log and in the artefacts.*"));
}

TEST_CASE("What needs attention comes before thousands of changes") {
  ReportCase made = many_hosts(3'000);
  made.plan.policies = {
      {.rule = "no-friday", .outcome = plan::PolicyResult::Outcome::denied, .message = "not on a Friday"}};
  made.plan.hosts.back().status = "unreachable";
  made.plan.hosts.back().problems = {{Code::host_unreachable, "no route to it", {}}};
  const std::string text = report::markdown_report(made.report());
  CHECK(text.find("not on a Friday") < text.find("#### Firmware"));
  CHECK(text.find("no route to it") < text.find("#### Firmware"));
  CHECK(text.size() <= report::kLongestComment);
}

TEST_CASE("Metrics of a small fleet tell each component, those of a large one only hosts") {
  ReportCase small = many_hosts(3);
  CHECK(has(report::prometheus_report(small.report()), "firmform_component_version_info{host=\"web-00001\""));
  ReportCase large = many_hosts(static_cast<int>(report::kMostComponentSeries) + 1);
  const std::string text = report::prometheus_report(large.report());
  CHECK(!has(text, "firmform_component_version_info"));
  CHECK(has(text, "\nfirmform_components_left_out 5001\n"));
  CHECK(has(text, "firmform_host_compliant{host=\"web-05000\"} 0\n"));
}

TEST_CASE("Annotations stop at ten of a level and say how many more there are") {
  ReportCase made;
  for (int i = 0; i < 25; ++i)
    made.diagnostics.add({.code = Code::unknown_key, .message = fmt::format("number {}", i)});
  made.exit = Exit::manifest_invalid;
  const std::string text = report::github_report(made.report());
  CHECK(has(text, "::number 8\n"));
  CHECK(!has(text, "::number 9\n"));
  CHECK(has(text, "16 further errors are in the job's log"));
}

TEST_CASE("SARIF keeps the worst results, and says what it leaves out") {
  ReportCase made;
  for (int i = 0; i < 3'000; ++i) {
    made.diagnostics.add({.code = Code::unknown_key, .severity = Severity::warning, .message = fmt::format("w{}", i)});
  }
  made.diagnostics.add({.code = Code::unknown_key, .message = "the error"});
  const auto log = json::parse(report::sarif_report(made.report()));
  REQUIRE(log);
  const json::Value& run = (*log)["runs"].items().front();
  CHECK(run["results"].items().size() == 2'000);
  CHECK(run["results"].items().front()["message"].text("text") == "the error");
  const json::Value& notice = run["invocations"].items().front()["toolExecutionNotifications"].items().front();
  CHECK(has(notice["message"].text("text"), "1001 results"));
}

TEST_CASE("A fingerprint stays when lines are added above") {
  const auto fingerprint_at = [](std::uint32_t line) {
    ReportCase made;
    const FileId file = made.sources.add("hosts.yaml", std::string(20, '\n'));
    made.diagnostics.add(
        {.code = Code::unknown_key, .message = "x", .primary = Label{{.file = file, .line = line, .column = 1}, ""}});
    const auto log = json::parse(report::sarif_report(made.report()));
    const json::Value& result = (*log)["runs"].items().front()["results"].items().front();
    return std::string(result["partialFingerprints"].text("firmform/v1"));
  };
  CHECK(fingerprint_at(3) == fingerprint_at(9));
}

TEST_CASE("Without a plan no report says that there are no changes") {
  ReportCase made;
  made.exit = Exit::manifest_invalid;
  made.diagnostics.add({.code = Code::unknown_key, .message = "x"});
  CHECK(report::verdict_of(made.report()) == "The manifest is not valid: 1 error, 0 warnings.");
  CHECK(!has(report::markdown_report(made.report()), "No changes"));
  CHECK(!has(report::prometheus_report(made.report()), "firmform_hosts"));
  made.exit = Exit::locked;
  CHECK(has(report::verdict_of(made.report()), "`firmform plan` ended with locked (8)"));
}

TEST_CASE("After a run, what is done differs no more, and the rest does") {
  ReportCase made = many_hosts(3);
  made.plan.changes[1].scheduled = plan::Appointment{.window = "tonight"};
  apply::Summary run{.run_id = "r1"};
  run.hosts["web-00000"] = {};
  run.hosts["web-00001"] = {};
  run.hosts["web-00002"].result = apply::HostResult::failed;
  const plan::Plan after = report::plan_after(made.plan, run);
  CHECK(after.changes[0].kind == plan::ChangeKind::no_op);
  CHECK(after.changes[0].from == "3.11");
  CHECK(after.changes[1] == made.plan.changes[1]);
  CHECK(after.changes[2] == made.plan.changes[2]);
}

TEST_CASE("Places are those of the checkout") {
  ReportCase made;
  CHECK(report::parse_place(made.report(), "a.yaml:12:9") == report::Place{"fleet/a.yaml", 12, 9, 0});
  CHECK(report::parse_place(made.report(), "C:a.yaml:12:9") == report::Place{"fleet/C:a.yaml", 12, 9, 0});
  for (const char* none : {"", "a.yaml", "a.yaml:12", "a.yaml:x:9", ":1:2", "a.yaml:0:1"}) {
    CHECK(!report::parse_place(made.report(), none));
  }
}

TEST_CASE("A problem that the planner found is told once, not again for each change that it blocks") {
  SmallFleet fleet;
  fleet.entry("Card", "7.11", "card.bin");
  for (const char* name : {"web-01", "web-02"}) fleet.add(host(name, {bmc("3.11 Feb 25 2025")}));
  ReportCase made = planned_case(fleet);
  CHECK(report::findings_of(made.report()).size() == 1);
  made.diagnostics = {};
  CHECK(report::findings_of(made.report()).size() == 1);
}

TEST_CASE("A misspelt format is answered with the one that was probably meant") {
  const auto found = report::find_report_format("junt");
  REQUIRE(!found);
  CHECK(found.error().code() == Code::usage);
  CHECK(found.error().help() == std::vector<std::string>{"did you mean `junit`?"});
  for (const report::ReportFormat& format : report::report_formats()) {
    CHECK(report::find_report_format(format.name).value() == &format);
  }
}

}  // namespace firmform::tests

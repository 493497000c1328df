// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <set>

#include "engine/json/value.h"
#include "engine/plan/codec.h"
#include "engine/plan/summary.h"
#include "engine/report/fleet_formats.h"
#include "engine/report/plan_text.h"
#include "tests/property/report/hostile_plan.h"
#include "tests/property/report/well_formed.h"

namespace firmform::tests {
namespace {

using plan::Summary;

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t place = text.find(part); place != std::string_view::npos; place = text.find(part, place + 1))
    ++count;
  return count;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::int64_t number_at(const json::Value& value, std::string_view key) {
  return value[key].as_int().value_or(-1);
}

std::string metric(std::string_view name, std::size_t value) {
  return fmt::format("\n{} {}\n", name, value);
}

/// Fleets that the planner plans: updates, downgrades, blocked and unreachable hosts, and some that are done.
SmallFleet arbitrary_fleet() {
  SmallFleet fleet;
  for (const char* name : {"BMC", "ROM"}) {
    auto& entry = fleet.entry(name, *rc::gen::element<std::string>("1.1", "2.0"), fmt::format("{}.bin", name));
    entry.every = true;
    entry.allow_downgrade = *rc::gen::arbitrary<bool>();
  }
  const bool is_calm = *rc::gen::arbitrary<bool>();  // else hardly any fleet is converged
  const int hosts = *rc::gen::inRange(0, 5);
  for (int i = 0; i < hosts; ++i) {
    const std::string name = fmt::format("h{}", i);
    if (!is_calm && *rc::gen::inRange(0, 8) == 0) {
      fleet.add(unreachable(name));
      continue;
    }
    auto made = host(name, {});
    for (std::size_t c = 0; c < fleet.baseline->firmware.size(); ++c) {
      const manifest::FirmwareEntry& entry = fleet.baseline->firmware[c];
      const std::string version =
          is_calm ? entry.version.value : *rc::gen::element<std::string>("1.0", "1.1", "2.0", "3.0", "weird");
      made.components.push_back(component(fmt::format("C{}", c), entry.component.value.name, version));
    }
    fleet.add(std::move(made));
  }
  return fleet;
}

}  // namespace

TEST_CASE("A comment is never longer than code hosts take, and its folds are closed") {
  rc::prop("", [] {
    ReportCase made = hostile_case(*rc::gen::element(0, 1, 20, 400));
    const std::string text = report::markdown_report(made.report());
    RC_ASSERT(text.size() <= report::kLongestComment);
    RC_ASSERT(text.starts_with(fmt::format("<!-- firmform:{} fleet -->\n", made.verb)));
    RC_ASSERT(count_of(text, "<details>") == count_of(text, "</details>"));
    RC_ASSERT(count_of(text, "<!--") == 1U);
    RC_ASSERT(!has(text, "<script"));
    RC_ASSERT(!has(text, "@everyone"));
    RC_ASSERT(is_utf8(text));
  });
}

TEST_CASE("XML and JSON are well-formed whatever devices and people write") {
  rc::prop("", [] {
    ReportCase made = hostile_case(*rc::gen::inRange(0, 12));
    const std::string problem = xml_problem(report::junit_report(made.report()));
    RC_ASSERT(problem == "");
    for (const std::string& text : {report::sarif_report(made.report()), report::gitlab_report(made.report())}) {
      RC_ASSERT(json::parse(text).has_value());
    }
  });
}

TEST_CASE("Metrics and annotations keep to their lines") {
  rc::prop("", [] {
    ReportCase made = hostile_case(*rc::gen::inRange(0, 12));
    const std::string metrics = report::prometheus_report(made.report());
    RC_ASSERT(is_utf8(metrics));
    for (const std::string& line : lines_of(metrics)) {
      RC_ASSERT(line.starts_with("# HELP firmform_") || line.starts_with("# TYPE firmform_") ||
                line.starts_with("firmform_"));
    }
    const std::set<std::string> series = names_of_series(metrics);
    RC_ASSERT(series.size() == count_of(metrics, "\nfirmform_"));
    for (const std::string& line : lines_of(report::github_report(made.report()))) {
      RC_ASSERT(line.starts_with("::error ") || line.starts_with("::warning ") || line.starts_with("::notice "));
    }
  });
}

TEST_CASE("All formats count the same") {
  rc::prop("", [] {
    ReportCase made = hostile_case(*rc::gen::inRange(0, 12));
    made.verb = "plan";
    made.diagnostics = {};
    made.plan.policies.clear();
    const Summary summary = plan::summarize(made.plan);
    RC_ASSERT(summary.is_converged() == has(report::plan_text(made.plan, {}), "\nNo changes. "));
    RC_ASSERT(summary.is_converged() == has(report::markdown_report(made.report()), ": No changes. "));
    const auto gitlab = json::parse(report::gitlab_report(made.report()));
    RC_ASSERT(number_at(*gitlab, "create") == static_cast<std::int64_t>(summary.create));
    RC_ASSERT(number_at(*gitlab, "delete") == static_cast<std::int64_t>(summary.delete_));
    RC_ASSERT(number_at(*gitlab, "update") ==
              static_cast<std::int64_t>(summary.update + summary.downgrade + summary.invoke));
    const json::Value plan_json = plan::to_json(made.plan);
    std::map<std::string, std::int64_t> actions;
    for (const json::Value& change : plan_json["resource_changes"].items()) {
      for (const json::Value& action : change["change"]["actions"].items()) ++actions[*action.as_string()];
    }
    for (const char* word : {"create", "update", "delete"}) RC_ASSERT(number_at(*gitlab, word) == actions[word]);
    RC_ASSERT(number_at(plan_json["summary"], "changes") == static_cast<std::int64_t>(summary.changes()));

    const std::string metrics = report::prometheus_report(made.report());
    RC_ASSERT(has(metrics, metric("firmform_plan_changes{kind=\"update\"}", summary.update)));
    RC_ASSERT(has(metrics, metric("firmform_plan_changes{kind=\"blocked\"}", summary.blocked)));
    RC_ASSERT(has(metrics, metric("firmform_hosts{status=\"unreachable\"}", summary.unreachable)));
    RC_ASSERT(has(report::markdown_report(made.report()),
                  fmt::format("|\n| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", summary.update, summary.downgrade,
                              summary.create, summary.delete_, summary.invoke, summary.pending, summary.no_op,
                              summary.blocked, summary.unreachable)));
    RC_ASSERT(
        has(report::junit_report(made.report()),
            fmt::format("failures=\"{}\" errors=\"{}\">\n", summary.changes() + summary.blocked, summary.unreachable)));
  });
}

TEST_CASE("P16: exit code, text, comment, tests and counts agree on whether there is anything to do") {
  rc::prop("", [] {
    ReportCase made = planned_case(arbitrary_fleet());
    const report::FleetReport facts = made.report();
    const bool is_clean = facts.exit == Exit::ok;
    RC_CLASSIFY(is_clean);
    RC_ASSERT(is_clean == has(report::plan_text(made.plan, {}), "No changes."));
    RC_ASSERT(is_clean == has(report::markdown_report(facts), "No changes."));
    RC_ASSERT(is_clean == has(report::junit_report(facts), " failures=\"0\" errors=\"0\">\n"));
    RC_ASSERT(is_clean == !has(report::sarif_report(facts), "\"locations\""));
    const json::Value changes = plan::to_json(made.plan)["summary"]["changes"];
    const bool none = report::gitlab_report(facts) == "{\"create\":0,\"update\":0,\"delete\":0}\n";
    RC_ASSERT(none == (changes.as_int() == 0));
    RC_ASSERT(none == made.plan.actions.empty());
    // What is blocked or out of reach is not done either, and no change.
    RC_ASSERT(!is_clean || none);
    RC_ASSERT((facts.exit == Exit::changes) == (!none && made.diagnostics.exit() == Exit::ok));
  });
}

TEST_CASE("P16: after drift, the tests fail exactly when the exit code does") {
  rc::prop("", [] {
    ReportCase made = planned_case(arbitrary_fleet());
    made.verb = "drift";
    made.diagnostics = {};
    if (*rc::gen::arbitrary<bool>()) made.policies.drift["older"] = manifest::DriftPolicy::report;
    if (*rc::gen::arbitrary<bool>()) made.policies.drift["unreachable"] = manifest::DriftPolicy::ignore;
    const report::FleetReport facts = made.report();
    RC_ASSERT((facts.exit == Exit::ok) == has(report::junit_report(facts), "failures=\"0\" errors=\"0\">\n"));
    RC_ASSERT((facts.exit == Exit::ok) == !has(report::sarif_report(facts), "\"level\": \"error\""));
  });
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// Whole reports, as code hosts and CI servers get them. UPDATE_GOLDEN=1 rewrites the expected files;
// e2e/report/test_readers.py gives them to readers that nobody here wrote.
#include <catch2/catch.hpp>

#include "engine/report/reports.h"
#include "tests/support/golden.h"
#include "tests/support/report_case.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using plan::PolicyResult;

constexpr const char* kOldIlo = "2.46 May 11 2021";
constexpr const char* kNewRom = "U46 v2.10 (08/10/2024)";
constexpr const char* kOldRom = "U46 v1.80 (07/05/2023)";

/// Every format but the page, which has tests of its own.
void check_case(const std::string& name, ReportCase made) {
  for (const report::ReportFormat& format : report::report_formats()) {
    if (format.name == "html") continue;
    const Result<std::string> text = format.render(made.report());
    REQUIRE(text);
    const std::string file = fmt::format("golden/report/{}/{}.{}", name, format.name, format.extension);
    INFO(file);
    CHECK(*text == golden(file, *text));
  }
}

void add_baseline(SmallFleet& fleet) {
  fleet.entry("iLO 5", "3.11", "ilo5_311.bin");
  fleet.entry("System ROM", kNewRom, "U46_2.10.signed.flash").after = {fleet.text("iLO 5")};
}

SmallFleet old_fleet(int hosts) {
  SmallFleet fleet;
  add_baseline(fleet);
  for (int i = 1; i <= hosts; ++i) fleet.add(host(fmt::format("web-{:02}", i), {bmc(kOldIlo), bios(kOldRom)}));
  return fleet;
}

/// One is newer than wanted, one busy, one lacks the card, one is done, two cannot be read, and names are hostile.
SmallFleet fleet_with_exceptions() {
  SmallFleet fleet = old_fleet(6);
  fleet.entry("Card", "7.11", "card.bin");
  for (auto& [name, snapshot] : fleet.inventory) {
    auto card = component("Card.Slot.1", "Card", "6.30 <b>|`@all` #1\n& ]]>");
    card.reset_required = true;
    snapshot.components.push_back(card);
  }
  fleet.inventory.at("web-03").components[0].version = "3.12 Jun 01 2025";
  fleet.inventory.at("web-04").tasks.push_back({"/redfish/v1/TaskService/Tasks/7", "Update", "Running", 12});
  fleet.inventory.at("web-05").components.resize(2);
  fleet.add(host("web-08", {bmc("3.11 Feb 25 2025"), bios(kNewRom), component("Card.Slot.1", "Card", "7.11")}));
  fleet.add(unreachable("web-09"));
  fleet.add(unreachable("web-10"));
  return fleet;
}

std::vector<PolicyResult> some_policies() {
  return {{.rule = "small-steps", .outcome = PolicyResult::Outcome::passed},
          {.rule = "no-friday",
           .outcome = PolicyResult::Outcome::warned,
           .message = "it is Friday",
           .origin = "policies.yaml:4:5"},
          {.rule = "conftest: main.deny",
           .outcome = PolicyResult::Outcome::denied,
           .message = "more than 10% of a rack | at once",
           .subjects = {"web-01", "web-02/SystemRomActive"}},
          {.rule = "two-steps",
           .outcome = PolicyResult::Outcome::overridden,
           .message = "two versions at once",
           .subjects = {"web-01/SystemBMC"},
           .origin = "policies.yaml:9:5",
           .reason = "CHG-1234, agreed with @oncall",
           .by = "anna"},
          {.rule = "in-window",
           .outcome = PolicyResult::Outcome::override_needed,
           .message = "outside of its window",
           .subjects = {"web-03"},
           .origin = "policies.yaml:14:5"}};
}

}  // namespace

TEST_CASE("The reports of a plan for one host are as expected") {
  check_case("one-host", planned_case(old_fleet(1)));
}

TEST_CASE("The reports of a converged fleet are as expected") {
  SmallFleet fleet;
  add_baseline(fleet);
  for (const char* name : {"web-01", "web-02"}) fleet.add(host(name, {bmc("3.11 Feb 25 2025"), bios(kNewRom)}));
  check_case("converged", planned_case(fleet));
}

TEST_CASE("The reports of a plan with exceptions, hostile names and policies are as expected") {
  ReportCase made = planned_case(fleet_with_exceptions());
  made.plan.policies = some_policies();
  made.exit = Exit::denied;
  check_case("exceptions", std::move(made));
}

TEST_CASE("The reports of drift are as expected") {
  ReportCase made = planned_case(fleet_with_exceptions());
  made.verb = "drift";
  made.diagnostics = {};
  made.policies.drift["newer"] = manifest::DriftPolicy::report;
  check_case("drift", std::move(made));
}

TEST_CASE("The reports of work in windows and waves are as expected") {
  SmallFleet fleet;
  add_baseline(fleet);
  for (const char* name : {"web-01", "web-02", "web-03", "web-04", "web-05"}) {
    auto& desired = fleet.add(host(name, {bmc(kOldIlo), bios(kOldRom)}));
    fleet.window(desired, kNow + 76h, kNow + 80h);
  }
  ReportCase made = planned_case(fleet);
  made.plan.rollout = plan::RolloutPlan{
      .seed = 7,
      .waves = {
          {.name = "canary", .hosts = {"web-03"}, .soak = 15min, .pause = true},
          {.name = "batch 1", .hosts = {"web-01", "web-02", "web-04", "web-05"}, .arithmetic = "100% of 4 hosts"}}};
  check_case("windows", std::move(made));
}

TEST_CASE("The reports of a run that met faults are as expected") {
  ReportCase made = planned_case(old_fleet(5));
  made.verb = "apply";
  apply::Summary run{.run_id = "20261121T040000-ab12", .elapsed = 18min};
  run.hosts["web-01"] = {};
  run.hosts["web-01"].notes = {"A session of somebody else was on the BMC."};
  run.hosts["web-02"] = {.result = apply::HostResult::failed,
                         .error = Error(Code::did_not_take, "iLO 5 runs 2.46 after the flash of 3.11")};
  run.hosts["web-03"] = {.result = apply::HostResult::unreachable,
                         .error = Error(Code::connect_timeout, "no connection within 10s")};
  run.hosts["web-04"] = {.result = apply::HostResult::skipped,
                         .error = Error(Code::skipped_after_failure, "1 host failed, 0 may")};
  run.hosts["web-05"] = {.result = apply::HostResult::scheduled, .error = {}};
  made.run = std::move(run);
  check_case("apply", std::move(made));
}

TEST_CASE("The reports where the manifest is not valid are as expected") {
  ReportCase made;
  made.verb = "validate";
  const FileId file = made.sources.add("hosts & more.yaml", "hosts:\n  web-01: {bmc: http://10.0.0.1}\n");
  made.diagnostics.add({.code = Code::unknown_key,
                        .message = "unknown key `frimware`",
                        .primary = Label{{.file = file, .line = 2, .column = 11, .length = 3}, "not known here"},
                        .help = {"did you mean `firmware`?"}});
  made.diagnostics.add({.code = Code::baseline_not_applicable,
                        .severity = Severity::warning,
                        .message = "a warning: with a colon, a comma and 100%",
                        .primary = Label{{.file = file, .line = 1, .column = 1, .length = 5}, ""}});
  made.diagnostics.add({.code = Code::internal_error, .message = "a problem without a place"});
  made.exit = Exit::manifest_invalid;
  check_case("invalid", std::move(made));
}

}  // namespace firmform::tests

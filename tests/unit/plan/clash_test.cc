// SPDX-License-Identifier: Apache-2.0
// What two parts of a manifest want of one host, when both cannot have it.
#include "engine/plan/drift.h"
#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {

TEST_CASE("Two baselines of equal right block what they would change, and both lines are shown") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc("2.46")}));
  manifest::DesiredHost& desired = fleet.desired.hosts.at("web-01");
  manifest::BaselineChoice other = desired.baselines.front();
  other.name = "db";
  other.assigned_by = "group db";
  other.span = fleet.lines.add("db: {baseline: db}");
  desired.baselines.push_back(other);

  const Parsed<Plan> planned = fleet.plan();
  REQUIRE(planned.value);
  CHECK(planned.value->actions.empty());
  const auto problems = planned.diagnostics.sorted();
  const auto found = std::ranges::find(problems, Code::baseline_conflict, &Diagnostic::code);
  REQUIRE(found != problems.end());
  CHECK(found->message.find("group web gives baseline web, and group db gives db") != std::string::npos);
  REQUIRE(found->secondary.size() == 1);
  CHECK(found->secondary.front().text == "group db gives db");

  desired.baselines.back().precedence = 1;
  CHECK(changes(plan_of(fleet)) == Texts{"update SystemBMC"});
}

TEST_CASE("A repository cannot hold two images of one file name, and the second is refused") {
  OneHost host;
  host.fleet.image("a.bin");
  host.fleet.catalog.add({.name = "mirror/a.bin",
                          .path = {},
                          .url = "https://mirror.example/a.bin",
                          .size = 32 * kMebi,
                          .sha256 = std::string(64, 'b')});
  host.fleet.repository(host.desired(), {"a.bin", "mirror/a.bin"});
  CHECK(changes(plan_of(host.fleet)) == Texts{"create repository:a.bin", "blocked FF0355 repository:mirror/a.bin"});
  host.fleet.repository(host.desired(), {"mirror/a.bin"});
  CHECK(changes(plan_of(host.fleet)) == Texts{"create repository:a.bin"});
}

TEST_CASE("Drift that nobody accepts ends as the code of a host that drifted says") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc("2.46")}));
  const auto exit = [&] { return plan::drift_of(plan_of(fleet), fleet.desired.policies).exit(); };
  CHECK(exit() == info(Code::host_drifted).exit);
  CHECK(exit() == Exit::drift);
  fleet.desired.policies.drift["older"] = manifest::DriftPolicy::report;
  CHECK(exit() == Exit::ok);
}

}  // namespace firmform::tests

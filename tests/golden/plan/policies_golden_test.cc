// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "engine/report/plan_policies.h"
#include "engine/report/plan_text.h"
#include "tests/support/golden.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using plan::PolicyResult;
using Outcome = PolicyResult::Outcome;

/// One result of each outcome, one of them about many hosts.
plan::Plan judged_plan() {
  SmallFleet fleet;
  fleet.entry("System ROM", "2.34", "rom.bin");
  fleet.add(host("web-01", {bmc("3.11"), bios("2.10")}));
  plan::Plan plan = *fleet.plan().value;
  std::vector<std::string> many;
  for (int i = 1; i <= 44; ++i) many.push_back(fmt::format("web-{:02}", i));
  plan.policies = {
      {.rule = "conftest: main.deny_downgrade",
       .outcome = Outcome::override_needed,
       .message = "System ROM would go back from 2.34 to 2.10",
       .subjects = {"web-01/SystemRomActive"},
       .origin = "policies.yaml:21:5"},
      {.rule = "database-hosts",
       .outcome = Outcome::denied,
       .message = "ask the storage team first (2 changes on 1 host)",
       .subjects = {"db-01/SystemBMC", "db-01/SystemRomActive"},
       .origin = "policies.yaml:12:5"},
      {.rule = "no-downgrades", .origin = "policies.yaml:14:5"},
      {.rule = "small-steps",
       .outcome = Outcome::overridden,
       .message = "change, on too many hosts: 44 of 48 hosts = 92 % > 25 %",
       .subjects = many,
       .origin = "policies.yaml:16:5",
       .reason = "CVE-2026-1234, CHG-77",
       .by = "ann@ops-1"},
      {.rule = "spare-parts",
       .outcome = Outcome::warned,
       .message = "hands off\x1b[31m",
       .origin = "policies.yaml:18:5"},
  };
  return plan;
}

void check(const std::string& name, const std::string& text) {
  CHECK(text == golden("golden/plan/policies/" + name, text));
}

}  // namespace

TEST_CASE("Policies that did not pass are printed with what they are about and what to do") {
  const plan::Plan plan = judged_plan();
  check("block.txt", report::policies_text(plan, {.width = 100}));
  check("narrow.txt", report::policies_text(plan, {.width = 60}));
  check("colour.txt", report::policies_text(plan, {.width = 100, .color = true}));
}

TEST_CASE("The policies stand in the plan before its totals, and a plan that passes has no such block") {
  plan::Plan plan = judged_plan();
  check("plan.txt", report::plan_text(plan, {}));
  plan.policies = {{.rule = "no-downgrades", .origin = "policies.yaml:14:5"}};
  CHECK(report::policies_text(plan, {}).empty());
  CHECK(report::plan_text(plan, {}).find("Policies:") == std::string::npos);
}

}  // namespace firmform::tests

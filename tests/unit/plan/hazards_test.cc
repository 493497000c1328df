// SPDX-License-Identifier: Apache-2.0
// Hazards that other firmware tools ran into (H1 to H35), as far as the planner alone meets them and no other file
// does.
#include <catch2/catch.hpp>

#include "tests/support/small_fleet.h"

namespace firmform::tests {

TEST_CASE("H7: an equal version in another spelling is no change") {
  const std::pair<const char*, const char*> spellings[] = {
      {"iLO 5 v3.11", "3.11"}, {"3.11 Feb 25 2025", "3.11"}, {"U46 v2.34 (03/11/2025)", "v2.34 (03/11/2025)"},
      {"v3.11", "3.11"},       {" 3.11 ", "3.11"},           {"2.34", "2.34.0"}};
  for (const auto& [installed, wanted] : spellings) {
    SmallFleet fleet;
    fleet.entry("iLO 5", wanted, "ilo5.bin");
    fleet.add(host("web-01", {bmc(installed)}));
    const plan::Plan plan = *fleet.plan().value;
    INFO(installed << " and " << wanted);
    CHECK(plan.actions.empty());
    CHECK(plan.changes.front().kind == plan::ChangeKind::no_op);
  }
}

TEST_CASE("H11: the order follows what must come first, not the alphabet") {
  SmallFleet fleet;
  fleet.entry("A BIOS", "2.0", "bios.bin").after = {fleet.text("Z BMC")};
  fleet.entry("Z BMC", "2.0", "bmc.bin");
  fleet.add(host("web-01", {component("A", "A BIOS", "1.0"), component("Z", "Z BMC", "1.0")}));
  const plan::Plan plan = *fleet.plan().value;
  REQUIRE_FALSE(plan.actions.empty());
  CHECK(plan.actions.front().components == std::vector<std::string>{"Z"});
}

TEST_CASE("H12: a new image of the installed version is no change") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "https://mirror.example/other-build/ilo5_311.bin");
  fleet.add(host("web-01", {bmc("3.11")}));
  CHECK(fleet.plan().value->actions.empty());
}

TEST_CASE("H29: a change that restarts the host says so before it is approved") {
  SmallFleet fleet;
  fleet.entry("System ROM", "U46 v2.10", "rom.bin");
  fleet.add(host("web-01", {bios("U46 v1.60")}));
  const plan::Plan plan = *fleet.plan().value;
  const auto restarts = [](const plan::Action& action) { return action.restarts == plan::Restarts::host; };
  CHECK(std::ranges::count_if(plan.actions, restarts) == 1);
  fleet.desired.policies.reboot = manifest::RebootPolicy::deny;
  CHECK(fleet.plan().value->actions.empty());
}

}  // namespace firmform::tests

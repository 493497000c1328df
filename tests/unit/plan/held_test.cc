// SPDX-License-Identifier: Apache-2.0
// Windows that apply keeps, and freeze periods.
#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using plan::Action;
using plan::Condition;

/// A host whose BMC keeps no windows: 4 minutes of flash and 1 of verify, 6 with reserve.
SmallFleet plain_fleet() {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc("2.46")}));
  return fleet;
}

manifest::FreezePeriod& freeze(SmallFleet& fleet, manifest::DesiredHost& host, UtcTime start, UtcTime end) {
  auto made = std::make_shared<manifest::FreezePeriod>();
  made->when.start = start;
  made->when.end = end;
  made->span = made->when.span = fleet.lines.add("year-end: …");
  host.freezes.push_back({"year-end", made});
  return *made;
}

std::string value_of(const Action& action, Condition::Type type) {
  const auto found = std::ranges::find(action.preconditions, type, &Condition::type);
  return found == action.preconditions.end() ? std::string() : found->value;
}

manifest::DesiredHost& desired(SmallFleet& fleet) {
  return fleet.desired.hosts.at("web-01");
}

}  // namespace

TEST_CASE("A window of a BMC that keeps none is kept by apply") {
  SmallFleet fleet = plain_fleet();
  fleet.window(desired(fleet), kNow + 10h, kNow + 14h);
  const Parsed<Plan> planned = fleet.plan();
  REQUIRE(planned.value);
  const auto& window = planned.value->hosts.front().window;
  REQUIRE(window);
  CHECK(window->name == "saturday-night");
  CHECK(window->start == kNow + 10h);
  CHECK(window->end == kNow + 14h);
  CHECK(window->expected == 5min);
  CHECK(window->latest_start == kNow + 14h - 5min - 75s);
  const Action& flash = planned.value->actions.front();
  CHECK(value_of(flash, Condition::Type::not_before) == "2026-11-21T14:00:00Z");
  CHECK(value_of(flash, Condition::Type::not_later) == "2026-11-21T17:53:45Z");
  const auto diagnostics = planned.diagnostics.sorted();
  CHECK(std::ranges::find(diagnostics, Code::window_not_open, &Diagnostic::code) != diagnostics.end());
}

TEST_CASE("Each write is late when what comes after it would not end in the window") {
  SmallFleet fleet = plain_fleet();
  fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin");
  fleet.inventory.at("web-01") = host("web-01", {bmc("2.46"), bios("U46 v1.80 (07/05/2023)")});
  fleet.window(desired(fleet), kNow + 10h, kNow + 14h);
  const Plan plan = plan_of(fleet);
  const Duration all = plan.hosts.front().window->expected;
  CHECK(all == 4min + 1min + 5min + 8min + 1min);
  Duration done{0};
  for (const Action& action : plan.actions) {
    if (action.request) {
      const UtcTime latest = kNow + 14h - all - all / 4 + done;
      CHECK(value_of(action, Condition::Type::not_later) == to_rfc3339(latest));
    } else {
      CHECK(value_of(action, Condition::Type::not_later).empty());
    }
    done += action.expected;
  }
}

TEST_CASE("A window that is left to apply is not given to the BMC") {
  OneHost host({bmc("2.46")});
  host.fleet.entry("iLO 5", "3.11", "ilo5.bin");
  host.fleet.window(host.desired(), kNow + 10h, kNow + 14h).held_by = manifest::HeldBy::engine;
  const Plan plan = plan_of(host.fleet);
  CHECK(actions(plan) == Texts{"push ilo5.bin", "see that iLO 5 is 3.11"});
  CHECK(plan.hosts.front().window);
  CHECK_FALSE(change_of(plan, "SystemBMC").scheduled);
}

TEST_CASE("A window that only the BMC may keep is refused where it cannot") {
  SmallFleet fleet = plain_fleet();
  fleet.window(desired(fleet), kNow + 10h, kNow + 14h).held_by = manifest::HeldBy::bmc;
  CHECK(changes(plan_of(fleet)) == Texts{"blocked FF0347 SystemBMC"});
}

TEST_CASE("H18: 40 minutes of work do not start in a window of 25 minutes") {
  SmallFleet fleet = plain_fleet();
  const auto slow = [](Recipe& recipe) {
    recipe.actions.front().expected = 39min;
    recipe.actions.front().deadline = 60min;
  };
  const auto plan_slow = [&] {
    Parsed<Plan> planned = fleet.plan(slow);
    REQUIRE(planned.value);
    return *planned.value;
  };
  SECTION("the window is too short") {
    fleet.window(desired(fleet), kNow, kNow + 25min);
    CHECK(changes(plan_slow()) == Texts{"blocked FF0344 SystemBMC"});
    CHECK(plan_slow().actions.empty());
  }
  SECTION("so is one that leaves no reserve") {
    fleet.window(desired(fleet), kNow, kNow + 45min);
    CHECK(changes(plan_slow()) == Texts{"blocked FF0344 SystemBMC"});
  }
  SECTION("25 minutes of the window are left, and it comes again") {
    auto& window = fleet.window(desired(fleet), {}, {});
    window.schedule = "0 4 * * *";
    window.duration = 1h;
    fleet.now = kNow + 35min;
    const Plan plan = plan_slow();
    CHECK(plan.hosts.front().window->start == kNow + 24h);
  }
  SECTION("the window is over") {
    fleet.window(desired(fleet), kNow - 2h, kNow - 1h);
    CHECK(changes(plan_slow()) == Texts{"blocked FF0345 SystemBMC"});
  }
  SECTION("a plan that is applied late is refused by its conditions") {
    fleet.window(desired(fleet), kNow, kNow + 1h);
    const Plan plan = plan_slow();
    inventory::HostSnapshot late = fleet.inventory.at("web-01");
    late.captured_at = kNow + 35min;
    const auto& conditions = plan.actions.front().preconditions;
    const auto not_later = std::ranges::find(conditions, Condition::Type::not_later, &Condition::type);
    REQUIRE(not_later != conditions.end());
    CHECK(plan::check(*not_later, late));
    late.captured_at = kNow + 5min;
    CHECK_FALSE(plan::check(*not_later, late));
  }
}

TEST_CASE("A host that waits for one without a time for its work is blocked as well") {
  SmallFleet fleet = plain_fleet();
  fleet.window(desired(fleet), kNow, kNow + 1min);
  fleet.add(host("web-02", {bmc("2.46")})).after = {fleet.text("web-01")};
  const Plan plan = plan_of(fleet);
  CHECK(changes(plan) == Texts{"blocked FF0344 SystemBMC", "blocked FF0333 SystemBMC"});
  CHECK(plan.actions.empty());
}

TEST_CASE("A restart that only a window allows may come in one that apply keeps") {
  SmallFleet fleet;
  fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin");
  fleet.add(host("web-01", {bios("U46 v1.80 (07/05/2023)")}));
  fleet.desired.policies.reboot = manifest::RebootPolicy::in_window;
  CHECK(changes(plan_of(fleet)) == Texts{"blocked FF0315 SystemRomActive"});
  fleet.window(desired(fleet), kNow + 10h, kNow + 14h);
  CHECK(changes(plan_of(fleet)) == Texts{"update SystemRomActive"});
}

TEST_CASE("Nothing begins in a freeze period") {
  SmallFleet fleet = plain_fleet();
  SECTION("a host without a window begins after it") {
    freeze(fleet, desired(fleet), kNow - 1h, kNow + 3h);
    const Plan plan = plan_of(fleet);
    REQUIRE(plan.hosts.front().window);
    CHECK(plan.hosts.front().window->start == kNow + 3h);
    CHECK(value_of(plan.actions.front(), Condition::Type::not_before) == "2026-11-21T07:00:00Z");
  }
  SECTION("or ends before it") {
    freeze(fleet, desired(fleet), kNow + 1h, kNow + 3h);
    const Plan plan = plan_of(fleet);
    CHECK(plan.hosts.front().window->latest_start == kNow + 1h - 5min - 75s);
  }
  SECTION("or after it, when there is too little time before") {
    freeze(fleet, desired(fleet), kNow + 5min, kNow + 3h);
    CHECK(plan_of(fleet).hosts.front().window->start == kNow + 3h);
  }
  SECTION("a window is what the freeze leaves of it") {
    fleet.window(desired(fleet), kNow + 1h, kNow + 4h);
    freeze(fleet, desired(fleet), kNow, kNow + 3h);
    CHECK(plan_of(fleet).hosts.front().window->start == kNow + 3h);
  }
  SECTION("a window that is frozen all along is none") {
    fleet.window(desired(fleet), kNow + 1h, kNow + 2h);
    freeze(fleet, desired(fleet), kNow, kNow + 3h);
    CHECK(changes(plan_of(fleet)) == Texts{"blocked FF0364 SystemBMC"});
  }
}

TEST_CASE("A BMC gets no work for a window in a freeze period") {
  OneHost host({bmc("2.46")});
  host.fleet.entry("iLO 5", "3.11", "ilo5.bin");
  auto& window = host.fleet.window(host.desired(), {}, {});
  window.schedule = "0 6 * * *";
  window.duration = 2h;
  freeze(host.fleet, host.desired(), kNow, kNow + 20h);
  CHECK(change_of(plan_of(host.fleet), "SystemBMC").scheduled->start == kNow + 26h);
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/naming.h"
#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;

constexpr const char* kWindow = "window:saturday-night 2026-11-21T14:00Z";

/// A host with an old BMC and an old ROM, and a window from 14:00 to 18:00.
OneHost host_with_window() {
  OneHost host({bmc("2.46"), bios("U46 v1.80 (07/05/2023)")});
  host.fleet.entry("iLO 5", "3.11", "ilo5.bin");
  host.fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin");
  host.fleet.window(host.desired(), kNow + 10h, kNow + 14h);
  return host;
}

inventory::Window window_of_bmc(const std::string& name, UtcTime start, UtcTime end, bool ours = true) {
  return {.id = "id of " + name,
          .name = name,
          .description = ours ? std::string(plan::kOwnDescription) : "by hand",
          .start = start,
          .end = end};
}

}  // namespace

TEST_CASE("Firmware of a host with a window goes into the queue, with one restart behind all of it") {
  const Plan plan = plan_of(host_with_window().fleet);
  CHECK(changes(plan) == Texts{"update SystemBMC", "update SystemRomActive",
                               "create queue:firmform d59441b6 ResetServer", "create repository:ilo5.bin",
                               "create repository:u46.bin", std::string("create ") + kWindow});
  CHECK(actions(plan) == Texts{"store repository:ilo5.bin", "store repository:u46.bin",
                               std::string("create ") + kWindow, "create queue:firmform 41731746 ilo5.bin",
                               "create queue:firmform d2a21679 u46.bin", "create queue:firmform d59441b6 ResetServer"});
  const Change& rom = change_of(plan, "SystemRomActive");
  REQUIRE(rom.scheduled);
  CHECK(rom.scheduled->window == "saturday-night 2026-11-21T14:00Z");
  CHECK(rom.scheduled->id == "id of saturday-night 2026-11-21T14:00Z");
  CHECK(rom.scheduled->start == kNow + 10h);
  // Its store, its entry, and the restart.
  CHECK(rom.actions == std::vector<plan::ActionId>{1, 4, 5});
  for (const plan::Action& action : plan.actions) CHECK(action.type != plan::ActionType::verify);
}

TEST_CASE("A window that is there is used again, and one with other times is changed") {
  OneHost host = host_with_window();
  host.staging().windows = {window_of_bmc("saturday-night 2026-11-21T14:00Z", kNow + 10h, kNow + 14h)};
  CHECK(change_of(plan_of(host.fleet), "SystemBMC").kind == ChangeKind::update);
  CHECK(std::ranges::count(changes(plan_of(host.fleet)), std::string("create ") + kWindow) == 0);
  host.staging().windows.front().end = kNow + 12h;
  CHECK(change_of(plan_of(host.fleet), kWindow).kind == ChangeKind::update);
}

TEST_CASE("H18: work that takes longer than the window is not started in it") {
  OneHost host = host_with_window();
  SECTION("a window that is too short") {
    const_cast<manifest::Window&>(*host.desired().window->window).end = kNow + 10h + 10min;
    CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0344 SystemBMC", "blocked FF0344 SystemRomActive"});
  }
  SECTION("a window of which too little is left") {
    host.fleet.now = kNow + 13h + 50min;
    CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0344 SystemBMC", "blocked FF0344 SystemRomActive"});
  }
  SECTION("a window that is over") {
    host.fleet.now = kNow + 20h;
    CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0345 SystemBMC", "blocked FF0345 SystemRomActive"});
  }
  SECTION("while a recurring one opens again") {
    auto& window = const_cast<manifest::Window&>(*host.desired().window->window);
    window.schedule = "0 4 * * *";
    window.duration = 2h;
    host.fleet.now = kNow + 1h + 50min;
    const Plan plan = plan_of(host.fleet);
    CHECK(change_of(plan, "SystemBMC").scheduled->start == kNow + 24h);
  }
}

TEST_CASE("H18: a plan that is applied late starts nothing that would not end in its window") {
  OneHost host = host_with_window();
  const Plan plan = plan_of(host.fleet);
  std::vector<plan::Condition> guards;
  for (const plan::Action& action : plan.actions) {
    for (const plan::Condition& condition : action.preconditions) {
      if (condition.type == plan::Condition::Type::not_later) guards.push_back(condition);
    }
  }
  REQUIRE(guards.size() == 3);
  inventory::HostSnapshot later = host.fleet.inventory.at("web-01");
  later.captured_at = kNow + 10h;
  for (const plan::Condition& guard : guards) CHECK_FALSE(plan::check(guard, later));
  later.captured_at = kNow + 14h - 1min;
  for (const plan::Condition& guard : guards) {
    CHECK(plan::check(guard, later).value_or("").find("would not end in its window") != std::string::npos);
  }
}

TEST_CASE("H19: a BMC whose clock is off gets no work for a window") {
  OneHost host = host_with_window();
  host.staging().clock = kNow + 3min;
  CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0343 SystemBMC", "blocked FF0343 SystemRomActive"});
  host.fleet.desired.policies.max_clock_skew = 5min;
  CHECK(change_of(plan_of(host.fleet), "SystemBMC").kind == ChangeKind::update);
}

TEST_CASE("A restart that only a window allows is planned in it") {
  OneHost host = host_with_window();
  host.fleet.desired.policies.reboot = manifest::RebootPolicy::in_window;
  CHECK(change_of(plan_of(host.fleet), "SystemRomActive").kind == ChangeKind::update);
  host.fleet.desired.policies.reboot = manifest::RebootPolicy::deny;
  CHECK(change_of(plan_of(host.fleet), "SystemRomActive").reasons.front().code == Code::reboot_denied);
}

TEST_CASE("Windows of ours that are over go when there is other work, and not by themselves") {
  OneHost host = host_with_window();
  host.staging().windows = {window_of_bmc("saturday-night 2026-11-14T14:00Z", kNow - 158h, kNow - 154h),
                            window_of_bmc("theirs", kNow - 158h, kNow - 154h, false)};
  const auto removed = Texts{"remove window:saturday-night 2026-11-14T14:00Z"};
  CHECK(actions(plan_of(host.fleet)).front() == removed.front());
  CHECK(std::ranges::count(actions(plan_of(host.fleet)), "remove window:theirs") == 0);
  for (inventory::Component& component : host.fleet.inventory.at("web-01").components) {
    component.version = component.is_bmc ? "3.11" : "U46 v2.10 (08/10/2024)";
  }
  CHECK(actions(plan_of(host.fleet)).empty());
}

TEST_CASE("A BMC holds a small number of windows") {
  OneHost host = host_with_window();
  for (int i = 0; i < 8; ++i) {
    host.staging().windows.push_back(window_of_bmc(fmt::format("theirs {}", i), kNow - 9h, kNow - 8h, false));
  }
  const Plan plan = plan_of(host.fleet);
  CHECK(change_of(plan, kWindow).reasons.front().code == Code::too_many_windows);
  CHECK(plan.actions.empty());
}

TEST_CASE("Windows that the manifest declares absent are removed, those of others are not") {
  OneHost host;
  host.fleet.desired.absent_windows = {host.fleet.text("gone")};
  host.staging().windows = {window_of_bmc("gone 2026-11-21T14:00Z", kNow + 10h, kNow + 14h),
                            window_of_bmc("gone", kNow + 10h, kNow + 14h, false)};
  CHECK(changes(plan_of(host.fleet)) == Texts{"delete window:gone 2026-11-21T14:00Z"});
  host.staging().queue = {{.step = by_bmc("theirs", "a.bin"), .window_id = "id of gone 2026-11-21T14:00Z"}};
  CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0354 window:gone 2026-11-21T14:00Z"});
}

}  // namespace firmform::tests

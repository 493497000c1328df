// SPDX-License-Identifier: Apache-2.0
// Windows that apply keeps itself, power that must be held, and work of others on a BMC.
#include <catch2/catch.hpp>

#include "engine/apply/run.h"
#include "tests/support/fake_fleet.h"

using namespace firmform;
using apply::HostResult;
using tests::FakeFleet;
using namespace std::chrono_literals;

namespace {

plan::HeldWindow window(const FakeFleet& fleet, Duration opens, Duration lasts) {
  const UtcTime start = fleet.clock.now() + opens;
  return {
      .name = "night", .start = start, .end = start + lasts, .latest_start = start + lasts - 20min, .expected = 15min};
}

bool has_event(FakeFleet& fleet, journal::EventKind kind, std::string_view detail) {
  const auto events = fleet.journal.events(fleet.journal.runs()->front().id);
  return std::ranges::any_of(*events, [&](const journal::Event& event) {
    return event.kind == kind && event.detail.find(detail) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("a host whose window is not open is deferred, and nothing is sent to it") {
  FakeFleet fleet;
  fleet.add("web-01");
  const auto summary = fleet.apply(FakeFleet::in_window(fleet.make_plan(), window(fleet, 3h, 4h)));
  const auto outcome = summary->hosts.at("web-01");
  CHECK(outcome.result == HostResult::deferred);
  CHECK(outcome.error->code() == Code::window_missed);
  CHECK(outcome.error->message() == "web-01 was not started: its window night opens at 2026-11-21T05:00:00Z");
  CHECK(summary->exit() == Exit::blocked);
  CHECK(fleet.begun.empty());
  CHECK(fleet.journal.runs()->front().finished_at);
}

TEST_CASE("apply waits for a window that opens soon enough, and hosts in other windows go on") {
  FakeFleet fleet;
  fleet.add("web-01");
  fleet.add("web-02");
  plan::Plan plan = FakeFleet::in_window(fleet.make_plan(), window(fleet, 3h, 4h));
  const UtcTime opens = plan.hosts[0].window->start;
  plan.hosts[1].window = window(fleet, -1h, 5h);
  for (plan::Action& action : plan.actions) {
    if (action.host == "web-02") action.preconditions.clear();
  }
  SECTION("soon enough") {
    const auto summary = fleet.apply(plan, {.wait_for_window = 4h});
    CHECK(summary->exit() == Exit::ok);
    CHECK(fleet.begun.front().second == "web-02");
    CHECK(fleet.begun.front().first < opens);
    CHECK(fleet.begun.back().second == "web-01");
    CHECK(fleet.begun.back().first >= opens);
  }
  SECTION("not soon enough") {
    const auto summary = fleet.apply(plan, {.wait_for_window = 2h});
    CHECK(summary->hosts.at("web-01").result == HostResult::deferred);
    CHECK(summary->hosts.at("web-02").result == HostResult::done);
  }
}

TEST_CASE("a window that is open and too short for what is left begins nothing") {
  FakeFleet fleet;
  fleet.add("web-01");
  const auto summary =
      fleet.apply(FakeFleet::in_window(fleet.make_plan(), window(fleet, -100min, 119min)), {.wait_for_window = 24h});
  CHECK(summary->hosts.at("web-01").result == HostResult::deferred);
  CHECK(fleet.begun.empty());
}

TEST_CASE("windows are overridden with a reason that the journal keeps, also for a resume") {
  FakeFleet fleet;
  fleet.add("web-01");
  fleet.on_start = [](apply::Run& run) { run.detach(); };
  REQUIRE(fleet.apply(FakeFleet::in_window(fleet.make_plan(), window(fleet, 3h, 4h)),
                      {.ignore_windows = "CVE-2026-1234, CHG-77"}));
  CHECK(has_event(fleet, journal::EventKind::windows_ignored, "CVE-2026-1234, CHG-77"));
  fleet.on_start = nullptr;
  CHECK(fleet.resume()->exit() == Exit::ok);
  CHECK(fleet.machines["web-01"].flashes == 1);
}

TEST_CASE("what is begun when a window runs out is finished, and nothing that would not fit is begun") {
  FakeFleet fleet;
  fleet.add("web-01");
  plan::Plan plan = FakeFleet::in_window(fleet.make_path_plan(), window(fleet, -1h, 1h + 12min));
  plan.hosts[0].window->latest_start = plan.hosts[0].window->end - 10min;
  const auto summary = fleet.apply(plan);
  const auto outcome = summary->hosts.at("web-01");
  CHECK(outcome.result == HostResult::deferred);
  CHECK(outcome.error->code() == Code::window_missed);
  const tests::Machine& machine = fleet.machines["web-01"];
  CHECK(machine.flashed.at("1.5") == 1);
  CHECK(machine.version == "1.5");
  CHECK_FALSE(machine.flashed.contains("2.0"));
  CHECK(has_event(fleet, journal::EventKind::deferred, "window night"));
}

TEST_CASE("H32: a host that must stay on for minutes is watched, and losing power is a failure") {
  FakeFleet fleet;
  tests::Machine& machine = fleet.add("web-01");
  machine.needs_restart = true;
  const plan::Plan plan = fleet.make_path_plan();
  SECTION("it stays on") {
    const UtcTime begin = fleet.clock.now();
    CHECK(fleet.apply(plan)->exit() == Exit::ok);
    CHECK(machine.version == "2.0");
    // Two flashes, two restarts and the rest between them.
    CHECK(fleet.clock.now() - begin >= 2 * (5min + 3min) + 10min);
  }
  SECTION("it does not") {
    machine.loses_power_at = fleet.clock.now() + 12min;
    const auto outcome = fleet.apply(plan)->hosts.at("web-01");
    CHECK(outcome.result == HostResult::failed);
    CHECK(outcome.error->code() == Code::power_not_held);
    CHECK_FALSE(machine.flashed.contains("2.0"));
  }
}

TEST_CASE("work of others is refused, waited for or adopted, as the manifest says") {
  FakeFleet fleet;
  tests::Machine& machine = fleet.add("web-01");
  plan::Plan plan = fleet.make_plan();
  machine.others_until = fleet.clock.now() + 30min;
  SECTION("refused") {
    CHECK(fleet.apply(plan)->hosts.at("web-01").result == HostResult::moved);
    CHECK(machine.flashes == 0);
  }
  SECTION("waited for") {
    plan.foreign_work = manifest::ForeignWork::wait;
    CHECK(fleet.apply(plan)->exit() == Exit::ok);
    CHECK(fleet.clock.elapsed() >= 35min);
    CHECK(machine.flashes == 1);
    CHECK(has_event(fleet, journal::EventKind::waiting, "a task runs on the BMC: Update"));
  }
  SECTION("waited for, and it changed what the plan rests on") {
    plan.foreign_work = manifest::ForeignWork::wait;
    machine.others_bring = machine.wanted;
    CHECK(fleet.apply(plan)->hosts.at("web-01").result == HostResult::moved);
    CHECK(machine.flashes == 0);
  }
  SECTION("adopted: what the plan wants is there, so nothing is sent") {
    plan.foreign_work = manifest::ForeignWork::adopt;
    machine.others_bring = machine.wanted;
    CHECK(fleet.apply(plan)->hosts.at("web-01").result == HostResult::done);
    CHECK(machine.flashes == 0);
  }
  SECTION("it does not end") {
    plan.foreign_work = manifest::ForeignWork::wait;
    machine.others_until = fleet.clock.now() + 24h;
    const auto outcome = fleet.apply(plan)->hosts.at("web-01");
    CHECK(outcome.result == HostResult::moved);
    CHECK(outcome.error->code() == Code::foreign_work_runs);
    CHECK(machine.flashes == 0);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Plans of several rounds, waves, windows, holds and guards: the program dies before each of its effects in turn,
// before a request is sent and after it arrived, and is resumed. No image is ever flashed twice, and all hosts end at
// the wanted version.
#include <catch2/catch.hpp>

#include "tests/support/fake_fleet.h"

using namespace firmform;
using manifest::GuardAction;
using tests::FakeFleet;
using tests::Killed;
using namespace std::chrono_literals;

namespace {

void add_hosts(FakeFleet& fleet) {
  for (const char* name : {"web-01", "web-02"}) {
    tests::Machine& machine = fleet.add(name);
    machine.needs_restart = true;
    machine.settings = {{.category = "bmc", .uri = "/x", .name = "/NTP", .value = "\"on\""}};
    machine.settings_after = machine.settings;
    machine.settings_after->front().value = "\"off\"";
  }
}

/// Two versions on the way, two waves with a soak, a window, health gates and guarded settings.
plan::Plan full_plan(const FakeFleet& fleet) {
  plan::Plan plan = FakeFleet::in_waves(fleet.make_path_plan(), {{"web-01"}, {"web-02"}});
  plan.rollout->waves[0].soak = 20min;
  plan.rollout->health.emplace();
  plan.rollout->budgets.push_back({.label = "rack", .value = "a", .limit = 1, .hosts = {"web-01", "web-02"}});
  const UtcTime start = fleet.clock.now() - 1h;
  plan = FakeFleet::in_window(
      std::move(plan),
      {.name = "night", .start = start, .end = start + 24h, .latest_start = start + 20h, .expected = 1h});
  return FakeFleet::guarded(std::move(plan), {{"bmc", GuardAction::restore}});
}

int effects_of_an_undisturbed_run() {
  FakeFleet fleet;
  add_hosts(fleet);
  REQUIRE(fleet.apply(full_plan(fleet))->exit() == Exit::ok);
  return fleet.effects.count();
}

template <class Start>
bool dies_at(FakeFleet& fleet, int number, Start start) {
  fleet.effects.restart();
  fleet.effects.kill_at(number);
  bool died = false;
  try {
    start();
  } catch (const Killed&) {
    died = true;
  }
  fleet.effects.kill_at(0);
  return died;
}

void check_goal(FakeFleet& fleet) {
  for (const auto& [name, machine] : fleet.machines) {
    CAPTURE(name);
    CHECK(machine.version == "2.0");
    CHECK(machine.flashed == std::map<std::string, int>{{"1.5", 1}, {"2.0", 1}});
    CHECK(machine.restarts == 2);
    CHECK(machine.settings.front().value == "\"on\"");
  }
  CHECK(fleet.journal.runs()->front().finished_at);
}

}  // namespace

TEST_CASE("H1, H3: killed before or after any effect of a rollout, it is resumed with every flash once on the wire") {
  const int effects = effects_of_an_undisturbed_run();
  REQUIRE(effects > 60);
  for (int number = 1; number <= effects; ++number) {
    CAPTURE(number);
    FakeFleet fleet;
    add_hosts(fleet);
    const plan::Plan plan = full_plan(fleet);
    REQUIRE(dies_at(fleet, number, [&] { static_cast<void>(fleet.apply(plan)); }));
    const auto summary = number == 1 ? fleet.apply(plan) : fleet.resume();
    REQUIRE(summary);
    CHECK(summary->exit() == Exit::ok);
    check_goal(fleet);
  }
}

TEST_CASE("killed again and again, a few effects later each time, a rollout gets to its end") {
  const int effects = effects_of_an_undisturbed_run();
  for (int step = 7; step <= 12; ++step) {
    CAPTURE(step);
    FakeFleet fleet;
    add_hosts(fleet);
    const plan::Plan plan = full_plan(fleet);
    bool died = dies_at(fleet, step, [&] { static_cast<void>(fleet.apply(plan)); });
    for (int times = 0; died && times < effects; ++times) {
      died = dies_at(fleet, step, [&] { static_cast<void>(fleet.resume()); });
    }
    REQUIRE_FALSE(died);
    check_goal(fleet);
  }
}

TEST_CASE("a program that stays dead for hours finds what ended meanwhile") {
  const int effects = effects_of_an_undisturbed_run();
  for (int number = 2; number <= effects; ++number) {
    CAPTURE(number);
    FakeFleet fleet;
    add_hosts(fleet);
    const plan::Plan plan = full_plan(fleet);
    REQUIRE(dies_at(fleet, number, [&] { static_cast<void>(fleet.apply(plan)); }));
    fleet.clock.advance(5h);
    const auto summary = fleet.resume();
    REQUIRE(summary);
    for (const auto& [name, outcome] : summary->hosts) {
      CAPTURE(name, outcome.error ? outcome.error->one_line() : "");
      CHECK(outcome.result == apply::HostResult::done);
    }
    check_goal(fleet);
  }
}

TEST_CASE("H2: a reply that is lost is never followed by the same request, at any step of a path") {
  FakeFleet fleet;
  add_hosts(fleet);
  for (auto& [name, machine] : fleet.machines) machine.loses_reply = true;
  plan::Plan plan = FakeFleet::in_waves(fleet.make_path_plan(), {{"web-01", "web-02"}});
  CHECK(fleet.apply(plan)->exit() == Exit::ok);
  for (const auto& [name, machine] : fleet.machines) {
    CHECK(machine.flashed == std::map<std::string, int>{{"1.5", 1}, {"2.0", 1}});
    CHECK(machine.restarts == 2);
  }
}

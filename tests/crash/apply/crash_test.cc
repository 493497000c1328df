// SPDX-License-Identifier: Apache-2.0
// The program dies before each of its effects in turn, and is resumed. Whatever the moment: no image is
// flashed twice, and the fleet ends at the wanted version.
#include <catch2/catch.hpp>

#include "tests/support/fake_fleet.h"

using namespace firmform;
using tests::FakeFleet;
using tests::Killed;

namespace {

void add_two_hosts(FakeFleet& fleet) {
  fleet.add("web-01");
  fleet.add("web-02");
}

int effects_of_an_undisturbed_run() {
  FakeFleet fleet;
  add_two_hosts(fleet);
  REQUIRE(fleet.apply(fleet.make_plan())->exit() == Exit::ok);
  return fleet.effects.count();
}

/// Dies before effect `number`; true when it got that far.
bool die_at(FakeFleet& fleet, const plan::Plan& plan, int number) {
  fleet.effects.kill_at(number);
  try {
    static_cast<void>(fleet.apply(plan));
  } catch (const Killed&) {
    fleet.effects.kill_at(0);
    return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a run that is killed before any of its effects ends, after resume, with one flash per host") {
  const int effects = effects_of_an_undisturbed_run();
  REQUIRE(effects > 10);
  for (int number = 1; number <= effects; ++number) {
    CAPTURE(number);
    FakeFleet fleet;
    add_two_hosts(fleet);
    const plan::Plan plan = fleet.make_plan();
    REQUIRE(die_at(fleet, plan, number));
    // Dying before the run is in the journal leaves nothing to resume: nothing was sent either.
    const auto summary = number == 1 ? fleet.apply(plan) : fleet.resume();
    REQUIRE(summary);
    CHECK(summary->exit() == Exit::ok);
    for (const auto& [name, machine] : fleet.machines) {
      CHECK(machine.flashes == 1);
      CHECK(machine.version == machine.wanted);
    }
    CHECK(fleet.journal.runs()->front().finished_at);
  }
}

TEST_CASE("a run that is killed twice is still resumed without a second flash") {
  const int effects = effects_of_an_undisturbed_run();
  for (int first = 2; first <= effects; ++first) {
    for (int second = 1; second <= 6; ++second) {
      CAPTURE(first, second);
      FakeFleet fleet;
      add_two_hosts(fleet);
      const plan::Plan plan = fleet.make_plan();
      REQUIRE(die_at(fleet, plan, first));
      fleet.effects.restart();
      fleet.effects.kill_at(second);
      bool died = false;
      try {
        static_cast<void>(fleet.resume());
      } catch (const Killed&) {
        died = true;
      }
      fleet.effects.kill_at(0);
      if (died) REQUIRE(fleet.resume()->exit() == Exit::ok);
      for (const auto& [name, machine] : fleet.machines) {
        CHECK(machine.flashes == 1);
        CHECK(machine.version == machine.wanted);
      }
    }
  }
}

TEST_CASE("when the BMC shows no traces of a request, nothing is sent again and a person is asked") {
  FakeFleet fleet;
  fleet.add("web-01").shows_no_traces = true;
  const plan::Plan plan = fleet.make_plan();
  // Effects: begin, intent, send. The request left, and the program died before it knew.
  REQUIRE(die_at(fleet, plan, 4));
  REQUIRE(fleet.machines["web-01"].flashes == 1);
  const auto summary = fleet.resume();
  REQUIRE(summary);
  CHECK(summary->hosts.at("web-01").result == apply::HostResult::unknown);
  CHECK(summary->exit() == Exit::hosts_failed);
  CHECK(fleet.machines["web-01"].flashes == 1);
}

// SPDX-License-Identifier: Apache-2.0
// Writes on what a BMC keeps: a stored image, a queue entry, an install set, its invocation. The program dies before
// each effect in turn, and is resumed: none of these is ever sent twice, and all of them are there in the end.
#include <catch2/catch.hpp>

#include "tests/support/fake_fleet.h"

using namespace firmform;
using tests::FakeFleet;
using tests::Killed;

namespace {

int effects_of_an_undisturbed_run() {
  FakeFleet fleet;
  fleet.add("web-01");
  REQUIRE(fleet.apply(fleet.make_resource_plan())->exit() == Exit::ok);
  return fleet.effects.count();
}

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

void check_that_each_was_sent_once(FakeFleet& fleet) {
  const tests::Machine& machine = fleet.machines.at("web-01");
  for (const char* write : {"store rom.fwpkg", "queue rom.fwpkg", "change golden", "invoke golden"}) {
    CAPTURE(write);
    CHECK((machine.writes.contains(write) && machine.writes.at(write) == 1));
  }
  CHECK(machine.staging.repository->images.size() == 1);
  CHECK(machine.staging.queue.size() == 2);
  CHECK(machine.staging.install_sets.size() == 1);
}

}  // namespace

TEST_CASE("a run of resource writes that is killed before any of its effects sends each of them once in all") {
  const int effects = effects_of_an_undisturbed_run();
  // Begin and finish, and for each of four writes: intent, before it, after it, accepted, succeeded.
  REQUIRE(effects == 22);
  for (int number = 1; number <= effects; ++number) {
    CAPTURE(number);
    FakeFleet fleet;
    fleet.add("web-01");
    const plan::Plan plan = fleet.make_resource_plan();
    REQUIRE(die_at(fleet, plan, number));
    const auto summary = number == 1 ? fleet.apply(plan) : fleet.resume();
    REQUIRE(summary);
    CHECK(summary->exit() == Exit::ok);
    check_that_each_was_sent_once(fleet);
  }
}

TEST_CASE("a lost reply to a resource write is looked for, not repeated") {
  FakeFleet fleet;
  fleet.add("web-01").loses_reply = true;
  REQUIRE(fleet.apply(fleet.make_resource_plan())->exit() == Exit::ok);
  check_that_each_was_sent_once(fleet);
}

TEST_CASE("an invocation that left no traces is not sent again, and a person is asked") {
  FakeFleet fleet;
  fleet.add("web-01");
  const plan::Plan plan = fleet.make_resource_plan();
  // Begin, three writes of five effects each, then the intent, and the program dies after the send.
  REQUIRE(die_at(fleet, plan, 1 + 15 + 3));
  fleet.machines["web-01"].shows_no_traces = true;
  const auto summary = fleet.resume();
  REQUIRE(summary);
  CHECK(summary->hosts.at("web-01").result == apply::HostResult::unknown);
  CHECK(fleet.machines["web-01"].writes["invoke golden"] == 1);
}

// SPDX-License-Identifier: Apache-2.0
// The end of others' work, and what the journal keeps of hosts that were not begun.
#include <catch2/catch.hpp>

#include "engine/apply/run.h"
#include "tests/support/fake_fleet.h"

using namespace firmform;
using apply::HostResult;
using tests::FakeFleet;
using namespace std::chrono_literals;

TEST_CASE("H24: a BMC that others flashed is not written to in the moment before it restarts") {
  FakeFleet fleet;
  tests::Machine& machine = fleet.add("web-01");
  plan::Plan plan = fleet.make_plan();
  plan.foreign_work = manifest::ForeignWork::adopt;
  machine.others_until = fleet.clock.now() + 30min;
  machine.others_bring = machine.wanted;
  machine.others_bring_at = *machine.others_until + 25s;
  CHECK(fleet.apply(plan)->hosts.at("web-01").result == HostResult::done);
  CHECK(machine.flashes == 0);
}

TEST_CASE("The journal knows why a host was deferred") {
  FakeFleet fleet;
  fleet.add("web-01");
  const UtcTime start = fleet.clock.now() + 3h;
  const plan::HeldWindow night{
      .name = "night", .start = start, .end = start + 4h, .latest_start = start + 3h, .expected = 15min};
  REQUIRE(fleet.apply(FakeFleet::in_window(fleet.make_plan(), night)));
  const auto events = fleet.journal.events(fleet.journal.runs()->front().id);
  const auto deferred = std::ranges::find(*events, journal::EventKind::deferred, &journal::Event::kind);
  REQUIRE(deferred != events->end());
  CHECK(deferred->subject == "web-01");
  CHECK(deferred->detail == "web-01 was not started: its window night opens at 2026-11-21T05:00:00Z");
}

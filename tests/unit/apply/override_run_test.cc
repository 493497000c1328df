// SPDX-License-Identifier: Apache-2.0
// Policies that a person has overridden: what the journal keeps of that.
#include <catch2/catch.hpp>

#include "engine/apply/run.h"
#include "tests/support/fake_fleet.h"

using namespace firmform;
using tests::FakeFleet;

namespace {

std::vector<journal::Event> overrides_in(FakeFleet& fleet) {
  auto events = fleet.journal.events(fleet.journal.runs()->front().id).value();
  std::erase_if(events,
                [](const journal::Event& event) { return event.kind != journal::EventKind::policy_overridden; });
  return events;
}

}  // namespace

TEST_CASE("overridden policies are in the journal before anything is sent, with reason and person") {
  FakeFleet fleet;
  fleet.add("web-01");
  const auto summary = fleet.apply(fleet.make_plan(),
                                   {.overridden = {{.rule = "small-steps", .reason = "CHG-77", .by = "ann@ops-1"},
                                                   {.rule = "opa: main.deny", .reason = "agreed", .by = "ann@ops-1"}}});
  REQUIRE(summary);
  CHECK(summary->exit() == Exit::ok);
  const auto found = overrides_in(fleet);
  REQUIRE(found.size() == 2);
  CHECK(found[0].subject == "small-steps");
  CHECK(found[0].detail == "by ann@ops-1: CHG-77");
  CHECK(found[1].subject == "opa: main.deny");
  const auto events = fleet.journal.events(fleet.journal.runs()->front().id).value();
  const auto intent = std::ranges::find(events, journal::EventKind::intent, &journal::Event::kind);
  REQUIRE(intent != events.end());
  CHECK(found[1].sequence < intent->sequence);
  const auto state = apply::fold_rollout(events);
  CHECK(state.overridden == std::map<std::string, std::string>{{"opa: main.deny", "by ann@ops-1: agreed"},
                                                               {"small-steps", "by ann@ops-1: CHG-77"}});
}

TEST_CASE("a resumed run needs no override again") {
  FakeFleet fleet;
  fleet.add("web-01");
  fleet.on_start = [](apply::Run& run) { run.detach(); };
  REQUIRE(fleet.apply(fleet.make_plan(), {.overridden = {{.rule = "small-steps", .reason = "CHG-77", .by = "ann"}}}));
  fleet.on_start = nullptr;
  CHECK(fleet.resume()->exit() == Exit::ok);
  CHECK(overrides_in(fleet).size() == 1);
}

// SPDX-License-Identifier: Apache-2.0
// Work that is still under way when its deadline passes.
#include <catch2/catch.hpp>

#include "tests/support/fake_fleet.h"

using namespace firmform;
using apply::HostResult;
using tests::FakeFleet;
using namespace std::chrono_literals;

TEST_CASE("a BMC that is still flashing when the deadline passes is left to itself, and is not said to be at rest") {
  FakeFleet fleet;
  fleet.add("web-01").flash_takes = 10h;
  const auto summary = fleet.apply(fleet.make_plan());
  REQUIRE(summary);
  const apply::HostOutcome& outcome = summary->hosts.at("web-01");
  CHECK(outcome.result == HostResult::failed);
  CHECK(outcome.error->code() == Code::action_timed_out);
  CHECK(outcome.error->message().find("did not end within") != std::string::npos);
  CHECK(fleet.machines["web-01"].flashes == 1);
  CHECK(fleet.clock.elapsed() < 10h);
}

// SPDX-License-Identifier: Apache-2.0
// Hazards that other firmware tools ran into (H1 to H35), as far as no other file of this folder meets them.
#include <catch2/catch.hpp>

#include "tests/support/fake_fleet.h"

namespace firmform::tests {
namespace {

using apply::HostOutcome;
using apply::HostResult;

/// The outcome of a flash after which the BMC shows `shown`, where 2.0 is wanted.
HostOutcome outcome_with(const std::string& shown) {
  FakeFleet fleet;
  fleet.add("web-01");
  const plan::Plan plan = fleet.make_plan();
  fleet.machines["web-01"].wanted = shown;  // the plan was made for 2.0
  return fleet.apply(plan)->hosts.at("web-01");
}

}  // namespace

TEST_CASE("H9: wanted in another spelling, unchanged, and changed to something else are three outcomes") {
  CHECK(outcome_with("v2.0").result == HostResult::done);

  const HostOutcome unchanged = outcome_with("1.0");
  CHECK(unchanged.result == HostResult::failed);
  CHECK(unchanged.error->code() == Code::did_not_take);

  const HostOutcome other = outcome_with("1.7");
  CHECK(other.result == HostResult::failed);
  CHECK(other.error->message().find("\"1.7\"") != std::string::npos);
}

}  // namespace firmform::tests

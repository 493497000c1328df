// SPDX-License-Identifier: Apache-2.0
// The checks that `firmform selftest` ships, on the first seeds.
#include <catch2/catch.hpp>

#include "engine/plan/make_plan.h"
#include "engine/simulate/promises.h"
#include "engine/simulate/selftest.h"

namespace firmform::simulate {

TEST_CASE("N18: promises are kept in random fleets, with faults, crashes and resumes") {
  constexpr std::uint64_t kSeed = 1;
  constexpr std::size_t kRuns = 300;
  const SelftestResult result = selftest(kSeed, kRuns, all_providers());
  if (const auto& found = result.counterexample) {
    FAIL(found->broken << "\nseed " << found->found_with << "\n"
                       << manifest_of(found->scenario) << describe(found->scenario));
  }
  CHECK(result.tally.runs == kRuns);
  // The fleets are worth the name: much happens to them.
  CHECK(result.tally.flashes > 1000);
  CHECK(result.tally.crashes > 100);
  CHECK(result.tally.faults > 100);
}

TEST_CASE("The same seed makes the same scenario") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CHECK(manifest_of(random_scenario(seed)) == manifest_of(random_scenario(seed)));
    CHECK(describe(random_scenario(seed)) == describe(random_scenario(seed)));
  }
  CHECK(manifest_of(random_scenario(1)) != manifest_of(random_scenario(2)));
}

TEST_CASE("Every simpler scenario is another one, so that shrinking comes to an end") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Scenario scenario = random_scenario(seed);
    for (const Scenario& less : simpler(scenario)) {
      CHECK(manifest_of(less) + describe(less) != manifest_of(scenario) + describe(scenario));
    }
  }
}

}  // namespace firmform::simulate

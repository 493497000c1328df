// SPDX-License-Identifier: Apache-2.0
#include "engine/solve/search.h"

#include <catch2/catch.hpp>

#include "engine/solve/clusters.h"
#include "tests/support/solve_problems.h"

namespace firmform::solve {
namespace {

/// Parts that must not be in the middle of their ways at the same time: an order must be found, not derived.
Problem crowd(std::size_t parts) {
  Problem problem;
  for (std::size_t i = 0; i < parts; ++i) {
    problem.parts.push_back(tests::chain(std::to_string(i), {"1", "2", "3", "4"}, i % 2 == 0));
    if (i == 0) continue;
    const std::vector<bool> middle = {false, true, true, false};
    problem.rules.push_back({i, middle, i - 1, middle, true, "rule " + std::to_string(i)});
  }
  return problem;
}

TEST_CASE("a search that may not look at enough states says that it is not finished") {
  const Problem problem = crowd(5);
  const Study study(problem);
  const Model model(study, everything(study));
  const SearchResult short_of_breath = search_best(model, std::nullopt, 3);
  CHECK_FALSE(short_of_breath.draft);
  CHECK_FALSE(short_of_breath.finished);
  const SearchResult best = search_best(model, std::nullopt, kMostStates);
  REQUIRE(best.draft);
  CHECK(best.finished);
  CHECK(cost_of(*best.draft).steps == 15);
}

TEST_CASE("the best way is not found again when it is the bound, and that is final") {
  const Problem problem = crowd(3);
  const Study study(problem);
  const Model model(study, everything(study));
  const SearchResult best = search_best(model, std::nullopt, kMostStates);
  REQUIRE(best.draft);
  const SearchResult better = search_best(model, cost_of(*best.draft), kMostStates);
  CHECK_FALSE(better.draft);
  CHECK(better.finished);
}

TEST_CASE("parts that nothing couples do not multiply the states of a search") {
  Problem problem;
  for (std::size_t i = 0; i < 12; ++i) {
    problem.parts.push_back(tests::chain(std::to_string(i), {"1", "2", "3", "4", "5"}, i % 2 == 0));
  }
  const Study study(problem);
  const SearchResult found = search_best(Model(study, everything(study)), std::nullopt, kMostStates);
  REQUIRE(found.draft);
  CHECK(found.states < 100);
}

}  // namespace
}  // namespace firmform::solve

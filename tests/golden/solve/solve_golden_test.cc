// SPDX-License-Identifier: Apache-2.0
// The five shapes that a path solver must get right, problem and answer side by side.
#include <catch2/catch.hpp>

#include "tests/support/golden.h"
#include "tests/support/solve_problems.h"

namespace firmform::tests {
namespace {

void check(const std::string& name, const solve::Problem& problem) {
  const std::string actual = problem_text(problem) + "\n" + answer_text(problem, solve::solve(problem));
  CHECK(golden("golden/solve/" + name + ".txt", actual) == actual);
}

solve::Problem of(std::vector<solve::Part> parts) {
  solve::Problem problem;
  problem.parts = std::move(parts);
  return problem;
}

TEST_CASE("golden: a chain of versions under requirements takes one restart per step of the longest") {
  solve::Problem problem = of({chain("iLO 5", {"2.10", "2.30", "2.78", "3.11"}, false),
                               chain("System ROM", {"U46 v1.20", "U46 v1.60", "U46 v2.36"}, true),
                               chain("HPE Smart Array", {"3.00", "5.00", "7.11"}, true)});
  problem.rules.push_back(requires_stop(problem, 1, 1, 0, 1));
  problem.rules.push_back(requires_stop(problem, 0, 3, 1, 1));
  problem.rules.push_back(requires_stop(problem, 1, 2, 0, 3));
  problem.rules.push_back(requires_stop(problem, 2, 2, 1, 2));
  check("chain", problem);
}

TEST_CASE("golden: two sides of a diamond share a restart between its ends") {
  solve::Problem problem = of({chain("System ROM", {"1", "2"}, true), chain("NIC", {"1", "2"}, true),
                               chain("Smart Array", {"1", "2"}, true), chain("iLO 5", {"1", "2"}, false)});
  problem.rules.push_back(requires_stop(problem, 1, 1, 3, 1));
  problem.rules.push_back(requires_stop(problem, 2, 1, 3, 1));
  problem.rules.push_back(requires_stop(problem, 0, 1, 1, 1));
  problem.rules.push_back(requires_stop(problem, 0, 1, 2, 1));
  check("diamond", problem);
}

TEST_CASE("golden: a downgrade goes through the versions in the order that an upgrade would not") {
  solve::Problem problem = of({chain("System ROM", {"U46 v2.36", "U46 v1.60", "U46 v1.20"}, true),
                               chain("iLO 5", {"3.11", "2.78", "2.30"}, false)});
  problem.rules.push_back({.a = 1,
                           .a_stops = {true, false, false},
                           .b = 0,
                           .b_stops = {false, true, true},
                           .before_step = true,
                           .text = "iLO 5 3.11 requires System ROM >= U46 v2.36"});
  problem.rules.push_back({.a = 1,
                           .a_stops = {true, true, false},
                           .b = 0,
                           .b_stops = {false, false, true},
                           .before_step = true,
                           .text = "iLO 5 2.78 requires System ROM >= U46 v1.60"});
  check("downgrade", problem);
}

TEST_CASE("golden: requirements in a circle are named, and only those") {
  solve::Problem problem =
      of({chain("iLO 5", {"2.10", "3.11"}, false), chain("System ROM", {"U46 v1.20", "U46 v2.36"}, true),
          chain("NIC", {"1.0", "2.0"}, true), chain("Smart Array", {"3.00", "7.11"}, true)});
  problem.rules.push_back(requires_stop(problem, 0, 1, 1, 1));
  problem.rules.push_back(requires_stop(problem, 3, 1, 1, 1));
  problem.rules.push_back(requires_stop(problem, 1, 1, 2, 1));
  problem.rules.push_back(requires_stop(problem, 2, 1, 0, 1));
  problem.aparts.push_back({1, 3, "System ROM and Smart Array must not share a restart"});
  check("cycle", problem);
}

TEST_CASE("golden: what cannot be is traced to the smallest set of constraints") {
  solve::Problem problem =
      of({chain("iLO 5", {"2.10", "3.11"}, false), chain("System ROM", {"U46 v1.20", "U46 v1.40"}, true),
          chain("NIC", {"1.0", "2.0"}, true)});
  problem.rules.push_back(requires_stop(problem, 2, 1, 0, 1));
  problem.rules.push_back(requires_stop(problem, 0, 1, 1, 1));
  problem.orders.push_back({0, 2, "NIC after iLO 5"});
  problem.orders.push_back({0, 1, "System ROM after iLO 5"});
  problem.aparts.push_back({1, 2, "System ROM and NIC must not share a restart"});
  check("unsatisfiable", problem);
}

}  // namespace
}  // namespace firmform::tests

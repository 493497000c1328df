// SPDX-License-Identifier: Apache-2.0
#include "engine/solve/solve.h"

#include <catch2/catch.hpp>

#include "tests/support/solve_problems.h"

namespace firmform::solve {
namespace {

using tests::answer_text;
using tests::before_stop;
using tests::chain;
using tests::from_stop;
using tests::requires_stop;
using Texts = std::vector<std::string>;

std::string text(const Problem& problem) {
  return answer_text(problem, solve(problem));
}

Problem of(std::vector<Part> parts) {
  Problem problem;
  problem.parts = std::move(parts);
  return problem;
}

TEST_CASE("nothing to do is a way of no rounds") {
  CHECK(std::get<Solution>(solve(Problem())).rounds.empty());
  CHECK(std::get<Solution>(solve(of({chain("iLO", {"3.11"}, false)}))).rounds.empty());
}

TEST_CASE("a part takes the shortest way, and earlier edges where two are as short") {
  Part ilo = chain("iLO", {"1", "2", "3", "4"}, false);
  CHECK(text(of({ilo})) == "way:\n  iLO: 1 -> 2\n  iLO: 2 -> 3\n  iLO: 3 -> 4\n");
  ilo.edges.push_back({0, 2});
  CHECK(text(of({ilo})) == "way:\n  iLO: 1 -> 3\n  iLO: 3 -> 4\n");
  ilo.edges.push_back({1, 3});
  CHECK(text(of({ilo})) == "way:\n  iLO: 1 -> 2\n  iLO: 2 -> 4\n");
}

TEST_CASE("of ways with as many steps the one with fewer restarts is taken") {
  Part part = chain("NIC", {"1", "2", "3", "4"}, false);
  part.stops[1].needs_restart = true;
  part.edges = {{0, 1}, {1, 3}, {0, 2}, {2, 3}};
  CHECK(text(of({part})) == "way:\n  NIC: 1 -> 3\n  NIC: 3 -> 4\n");
}

TEST_CASE("a way passes all versions that it must, in their order, though a direct step is possible") {
  Part part = chain("iLO", {"1", "2", "3", "4"}, false);
  part.edges = {{0, 3}, {0, 1}, {0, 2}, {1, 2}, {2, 1}, {1, 3}, {2, 3}};
  part.through = {1};
  CHECK(text(of({part})) == "way:\n  iLO: 1 -> 2\n  iLO: 2 -> 4\n");
  part.through = {2, 1};
  CHECK(text(of({part})) == "way:\n  iLO: 1 -> 3\n  iLO: 3 -> 2\n  iLO: 2 -> 4\n");
  part.through = {0, 1, 3};
  CHECK(text(of({part})) == "way:\n  iLO: 1 -> 2\n  iLO: 2 -> 4\n");
}

TEST_CASE("a part without a way is named with what it would have to pass") {
  Part part = chain("iLO", {"1", "2", "3"}, false);
  part.edges = {{0, 2}};
  part.through = {1};
  CHECK(text(of({chain("ROM", {"1", "2"}, true), part})) ==
        "no way:\n  no edge 1: iLO has no way from 1 to 3 through 2\n");
}

TEST_CASE("edges to nowhere and a goal that is no stop are no way, not a crash") {
  Part part = chain("iLO", {"1", "2"}, false);
  part.edges = {{0, 7}, {9, 1}, {0, 0}};
  CHECK(std::holds_alternative<Unsolvable>(solve(of({part}))));
  part.goal = 5;
  CHECK(text(of({part})) == "no way:\n  no edge 0: iLO has no way from 1 to a version that is not known\n");
}

TEST_CASE("all that needs a restart and may share one shares it, after all that does not") {
  const Problem problem = of({chain("ROM", {"1", "2"}, true), chain("iLO", {"1", "2"}, false),
                              chain("NIC", {"1", "2"}, true), chain("CPLD", {"1", "2"}, false)});
  CHECK(text(problem) ==
        "way:\n  iLO: 1 -> 2\n  CPLD: 1 -> 2\n  ROM: 1 -> 2 (staged)\n  NIC: 1 -> 2 (staged)\n  restart\n");
}

TEST_CASE("a staged version is not active: its part does not step again before the restart, and nobody relies on it") {
  Problem problem = of({chain("NIC", {"1", "2"}, true), chain("ROM", {"1", "2", "3"}, true)});
  problem.rules.push_back(requires_stop(problem, 0, 1, 1, 1));
  CHECK(text(problem) ==
        "way:\n  ROM: 1 -> 2 (staged)\n  restart\n"
        "  NIC: 1 -> 2 (staged)\n  ROM: 2 -> 3 (staged)\n  restart\n"
        "    because NIC 2 requires ROM >= 2\n    because ROM goes through 2 first\n");
}

TEST_CASE("what only has to be active together may become so with one restart") {
  Problem problem = of({chain("NIC", {"1", "2"}, true), chain("ROM", {"1", "2"}, true)});
  problem.rules.push_back(requires_stop(problem, 0, 1, 1, 1));
  problem.rules.push_back(requires_stop(problem, 1, 1, 0, 1));
  CHECK(std::holds_alternative<Unsolvable>(solve(problem)));
  for (Rule& rule : problem.rules) rule.before_step = false;
  CHECK(text(problem) == "way:\n  NIC: 1 -> 2 (staged)\n  ROM: 1 -> 2 (staged)\n  restart\n");
  problem.aparts.push_back({1, 0, "ROM and NIC must not share a restart"});
  CHECK(text(problem) ==
        "no way:\n  rule 0: NIC 2 requires ROM >= 2\n  rule 1: ROM 2 requires NIC >= 2\n"
        "  apart 0: ROM and NIC must not share a restart\n");
}

TEST_CASE("H11: the order of an upgrade follows the requirement, not the order of the parts") {
  Problem problem = of({chain("iLO", {"2.10", "3.11"}, false), chain("ROM", {"1.20", "1.60"}, true)});
  problem.rules.push_back(requires_stop(problem, 0, 1, 1, 1));
  CHECK(text(problem) == "way:\n  ROM: 1.20 -> 1.60 (staged)\n  restart\n  iLO: 2.10 -> 3.11\n");
}

TEST_CASE("H11: a downgrade under the same requirement goes the other way round") {
  Problem problem = of({chain("ROM", {"1.60", "1.20"}, false), chain("iLO", {"3.11", "2.10"}, false)});
  problem.rules.push_back(
      {.a = 1, .a_stops = {true, false}, .b = 0, .b_stops = {false, true}, .before_step = true, .text = "rule"});
  CHECK(text(problem) == "way:\n  iLO: 3.11 -> 2.10\n  ROM: 1.60 -> 1.20\n");
}

TEST_CASE("a downgrade that becomes active with one restart breaks nothing in between") {
  Problem problem = of({chain("ROM", {"1.60", "1.20"}, true), chain("iLO", {"3.11", "2.10"}, true)});
  problem.rules.push_back(
      {.a = 1, .a_stops = {true, false}, .b = 0, .b_stops = {false, true}, .before_step = true, .text = "rule"});
  CHECK(text(problem) == "way:\n  ROM: 1.60 -> 1.20 (staged)\n  iLO: 3.11 -> 2.10 (staged)\n  restart\n");
}

TEST_CASE("a staged step may begin before the other part comes to what it must not be beside") {
  Part a = chain("A", {"1", "2", "3"}, false);
  a.stops[2].needs_restart = true;
  Problem problem = of({a, chain("B", {"1", "2"}, true)});
  problem.rules.push_back(
      {.a = 1, .a_stops = {false, true}, .b = 0, .b_stops = {false, true}, .before_step = true, .text = "rule"});
  CHECK(text(problem) == "way:\n  B: 1 -> 2 (staged)\n  A: 1 -> 2\n  A: 2 -> 3 (staged)\n  restart\n");
}

TEST_CASE("an order waits until all of the first is active") {
  Problem problem = of({chain("ROM", {"1", "2"}, true), chain("iLO", {"1", "2", "3"}, false)});
  problem.orders.push_back({1, 0, "ROM after iLO"});
  CHECK(text(problem) == "way:\n  iLO: 1 -> 2\n  iLO: 2 -> 3\n  ROM: 1 -> 2 (staged)\n  restart\n");
  problem.orders[0] = {0, 1, "iLO after ROM"};
  CHECK(text(problem) == "way:\n  ROM: 1 -> 2 (staged)\n  restart\n  iLO: 1 -> 2\n  iLO: 2 -> 3\n");
}

TEST_CASE("an order of parts of which one stays where it is orders nothing") {
  Problem problem = of({chain("ROM", {"1"}, true), chain("iLO", {"1", "2"}, false)});
  problem.orders.push_back({0, 1, "iLO after ROM"});
  problem.orders.push_back({1, 0, "ROM after iLO"});
  CHECK(text(problem) == "way:\n  iLO: 1 -> 2\n");
}

TEST_CASE("orders in a circle are all to blame, and nothing else is") {
  Problem problem = of({chain("A", {"1", "2"}, false), chain("B", {"1", "2"}, false), chain("C", {"1", "2"}, false)});
  problem.rules.push_back(requires_stop(problem, 0, 1, 1, 1));
  problem.orders = {{0, 1, "B after A"}, {1, 2, "C after B"}, {2, 0, "A after C"}};
  CHECK(text(problem) == "no way:\n  rule 0: A 2 requires B >= 2\n  order 0: B after A\n");
  problem.rules.clear();
  CHECK(text(problem) == "no way:\n  order 0: B after A\n  order 1: C after B\n  order 2: A after C\n");
}

TEST_CASE("parts that must not share a restart get one each, the one with the longest way first") {
  Problem problem = of({chain("NIC", {"1", "2"}, true), chain("ROM", {"1", "2", "3"}, true)});
  problem.aparts.push_back({0, 1, "NIC and ROM must not share a restart"});
  CHECK(text(problem) ==
        "way:\n  ROM: 1 -> 2 (staged)\n  restart\n"
        "  NIC: 1 -> 2 (staged)\n  restart\n    because NIC and ROM must not share a restart\n"
        "  ROM: 2 -> 3 (staged)\n  restart\n    because NIC and ROM must not share a restart\n");
}

TEST_CASE("pairs apart are packed into the fewest restarts: a ring of five needs three") {
  Problem problem;
  for (std::size_t i = 0; i < 5; ++i) problem.parts.push_back(chain(std::to_string(i), {"1", "2"}, true));
  for (std::size_t i = 0; i < 5; ++i) problem.aparts.push_back({i, (i + 1) % 5, "pair " + std::to_string(i)});
  const auto solution = std::get<Solution>(solve(problem));
  CHECK(solution.rounds.size() == 3);
  CHECK(solution.proven);
}

TEST_CASE("a rule that is broken at the beginning does not stand in the way of mending it") {
  Problem problem = of({chain("iLO", {"3.00", "3.11"}, false), chain("ROM", {"1.20", "1.40", "1.60"}, true)});
  problem.rules.push_back({.a = 0, .a_stops = {true, true}, .b = 1, .b_stops = {true, true, false}, .text = "rule"});
  CHECK(text(problem) ==
        "way:\n  iLO: 3.00 -> 3.11\n  ROM: 1.20 -> 1.40 (staged)\n  restart\n"
        "  ROM: 1.40 -> 1.60 (staged)\n  restart\n    because ROM goes through 1.40 first\n");
}

TEST_CASE("a rule that was broken counts again once it has held") {
  // ROM may be taken from 1 over 2 to 3 while the rule is broken, yet not back into what breaks it.
  Part rom = chain("ROM", {"1", "2", "3"}, false);
  Problem problem = of({chain("iLO", {"3", "4"}, false), rom});
  problem.rules.push_back({.a = 0, .a_stops = {true, false}, .b = 1, .b_stops = {true, false, true}, .text = "rule"});
  problem.orders.push_back({1, 0, "iLO after ROM"});
  CHECK(text(problem) == "no way:\n  rule 0: rule\n  order 0: iLO after ROM\n");
  problem.orders[0] = {0, 1, "ROM after iLO"};
  CHECK(text(problem) == "way:\n  iLO: 3 -> 4\n  ROM: 1 -> 2\n  ROM: 2 -> 3\n");
}

TEST_CASE("a rule that is broken at the beginning must hold at the end") {
  Problem problem = of({chain("iLO", {"3.00", "3.11"}, false), chain("ROM", {"1.20"}, true)});
  problem.rules.push_back(
      {.a = 0, .a_stops = {true, true}, .b = 1, .b_stops = {true}, .text = "iLO 3 requires ROM 1.60"});
  CHECK(text(problem) == "no way:\n  rule 0: iLO 3 requires ROM 1.60\n");
}

TEST_CASE("when the shortest way is not legal, a longer one is taken") {
  // The direct step of the iLO would need the ROM first, and the ROM needs the iLO: only the detour over 2.78 is open.
  Part ilo = chain("iLO", {"2.10", "3.11", "2.78"}, false);
  ilo.goal = 1;
  ilo.edges = {{0, 1}, {0, 2}, {2, 1}};
  Problem problem = of({ilo, chain("ROM", {"1.20", "1.60"}, true)});
  problem.rules.push_back(
      {.a = 0, .a_stops = {false, true}, .b = 1, .b_stops = {true}, .before_step = true, .text = "iLO requires ROM"});
  problem.rules.push_back(
      {.a = 1, .a_stops = {false, true}, .b = 0, .b_stops = {true}, .before_step = true, .text = "ROM requires iLO"});
  CHECK(text(problem) == "way:\n  iLO: 2.10 -> 2.78\n  ROM: 1.20 -> 1.60 (staged)\n  restart\n  iLO: 2.78 -> 3.11\n");
}

TEST_CASE("two versions on the way that must never meet pass each other") {
  Problem problem = of({chain("A", {"1", "2", "3"}, false), chain("B", {"1", "2", "3"}, false)});
  problem.rules.push_back(
      {.a = 0, .a_stops = {false, true}, .b = 1, .b_stops = {false, true}, .before_step = true, .text = "2 and 2"});
  CHECK(text(problem) == "way:\n  A: 1 -> 2\n  A: 2 -> 3\n  B: 1 -> 2\n  B: 2 -> 3\n");
}

/// Two parts of three versions that cannot get past each other: every step is possible at some time, and no whole way.
Problem deadlock() {
  Problem problem = of({chain("A", {"1", "2", "3"}, false), chain("B", {"1", "2", "3"}, false)});
  const auto forbid = [&](std::size_t a, std::size_t b) {
    Rule rule{.a = 0, .a_stops = from_stop(3, 3), .b = 1, .b_stops = from_stop(3, 3), .before_step = true, .text = ""};
    rule.a_stops[a] = rule.b_stops[b] = true;
    rule.text = "not A " + std::to_string(a + 1) + " with B " + std::to_string(b + 1);
    problem.rules.push_back(rule);
  };
  forbid(1, 1);
  forbid(2, 0);
  forbid(0, 2);
  return problem;
}

/// As many parts again that hinder each other in the middle of their ways.
void add_crowd(Problem& problem, std::size_t count) {
  const std::size_t first = problem.parts.size();
  for (std::size_t i = first; i < first + count; ++i) {
    problem.parts.push_back(chain(std::to_string(i), {"1", "2", "3", "4", "5"}, i % 2 == 0));
    const std::vector<bool> middle = {false, true, false, true, false};
    problem.rules.push_back({i, middle, i - 1, {false, true, false}, true, "crowd " + std::to_string(i)});
  }
}

TEST_CASE("a deadlock that is not seen step by step is proven, also in a crowd") {
  const std::string expected =
      "no way:\n  rule 0: not A 2 with B 2\n  rule 1: not A 3 with B 1\n  rule 2: not A 1 with B 3\n";
  Problem problem = deadlock();
  CHECK(text(problem) == expected);
  add_crowd(problem, 9);
  CHECK(text(problem) == expected);
}

TEST_CASE("a crowd that gets past each other is a way") {
  Problem problem = of({chain("A", {"1", "2", "3"}, false)});
  add_crowd(problem, 9);
  CHECK(std::holds_alternative<Solution>(solve(problem)));
}

TEST_CASE("a part does not leave its goal to let another one pass") {
  Part fixed = chain("iLO", {"3", "2"}, false);
  fixed.goal = 0;
  fixed.edges.push_back({1, 0});
  Problem problem = of({fixed, chain("ROM", {"1", "2", "3"}, false)});
  problem.rules.push_back({.a = 0, .a_stops = {true}, .b = 1, .b_stops = {false, true}, .text = "rule"});
  CHECK(text(problem) == "no way:\n  rule 0: rule\n");
}

TEST_CASE("constraints of other parts are not blamed") {
  Problem problem = of({chain("A", {"1", "2"}, false), chain("B", {"1", "2"}, false), chain("C", {"1", "2"}, false),
                        chain("D", {"1", "2"}, false)});
  problem.rules.push_back(requires_stop(problem, 3, 1, 2, 1));
  problem.rules.push_back(requires_stop(problem, 0, 1, 1, 1));
  problem.rules.push_back(requires_stop(problem, 1, 1, 2, 1));
  problem.rules.push_back(requires_stop(problem, 1, 1, 0, 1));
  CHECK(text(problem) == "no way:\n  rule 1: A 2 requires B >= 2\n  rule 3: B 2 requires A >= 2\n");
}

TEST_CASE("the same problem gives the same answer") {
  Problem problem;
  for (std::size_t i = 0; i < 6; ++i) problem.parts.push_back(chain(std::to_string(i), {"1", "2", "3"}, i % 2 == 0));
  for (std::size_t i = 0; i < 6; ++i) problem.rules.push_back(requires_stop(problem, i, 2, (i + 1) % 6, 1));
  problem.aparts = {{0, 2, "0 and 2"}, {2, 4, "2 and 4"}};
  CHECK(text(problem) == text(problem));
}

}  // namespace
}  // namespace firmform::solve

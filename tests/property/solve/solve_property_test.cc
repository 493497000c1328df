// SPDX-License-Identifier: Apache-2.0
// The solver against a search through everything.
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>

#include "tests/property/solve/reference.h"
#include "tests/support/solve_problems.h"

namespace firmform::solve {
namespace {

/// Evenly, whatever the size that the tests have grown to.
std::size_t below(std::size_t end) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, end));
}

/// One time of `chances`.
bool rarely(std::size_t chances) {
  return below(chances) == 1;
}

Part any_part(std::size_t number, std::size_t most_stops) {
  Part part{.name = "part " + std::to_string(number), .stops = {}, .goal = 0, .edges = {}, .through = {}};
  const std::size_t stops = 1 + below(most_stops);
  for (std::size_t i = 0; i < stops; ++i) part.stops.push_back({std::to_string(i), rarely(2)});
  part.goal = rarely(4) ? below(stops) : stops - 1;
  for (std::size_t i = 0; i < stops; ++i) {
    for (std::size_t j = 0; j < stops; ++j) {
      if (j == i + 1 ? !rarely(12) : rarely(7)) part.edges.push_back({i, j});
    }
  }
  if (rarely(4)) part.through.push_back(below(stops));
  return part;
}

/// The stops from somewhere on, those up to somewhere, or any.
std::vector<bool> any_stops(std::size_t count) {
  const std::size_t kind = below(3);
  const std::size_t border = below(count + 1);
  std::vector<bool> stops(count);
  for (std::size_t i = 0; i < count; ++i) stops[i] = kind == 0 ? i < border : kind == 1 ? i >= border : rarely(2);
  return stops;
}

Rule any_rule(const Problem& problem, std::size_t number) {
  const std::size_t a = below(problem.parts.size());
  const std::size_t b = below(problem.parts.size());
  return {.a = a,
          .a_stops = any_stops(problem.parts[a].stops.size()),
          .b = b,
          .b_stops = any_stops(problem.parts[b].stops.size()),
          .before_step = rarely(2),
          .text = "rule " + std::to_string(number)};
}

Problem any_problem() {
  Problem problem;
  const std::size_t parts = 1 + below(4);
  const std::size_t rules = below(5);
  for (std::size_t i = 0; i < parts; ++i) problem.parts.push_back(any_part(i, parts == 4 ? 3 : 4));
  for (std::size_t i = 0; i < rules; ++i) problem.rules.push_back(any_rule(problem, i));
  if (rarely(4)) problem.orders.push_back({below(parts), below(parts), "order 0"});
  for (std::size_t i = 0; rarely(3) && i < 2; ++i) {
    problem.aparts.push_back({below(parts), below(parts), "apart " + std::to_string(i)});
  }
  return problem;
}

std::string text_of(const std::vector<bool>& stops) {
  std::string text;
  for (const bool is_in : stops) text += is_in ? '1' : '0';
  return text;
}

/// What golden files leave to the texts of the rules.
std::string rules_text(const Problem& problem) {
  std::string text;
  for (const Rule& rule : problem.rules) {
    text += rule.text + ": not part " + std::to_string(rule.a) + " in " + text_of(rule.a_stops) + " with part " +
            std::to_string(rule.b) + " in " + text_of(rule.b_stops) + (rule.before_step ? ", before the step\n" : "\n");
  }
  return text;
}

bool is_no_edge(const Blame& blame) {
  return blame.kind == Blame::Kind::no_edge;
}

void check_conflict(const Problem& problem, const Unsolvable& unsolvable) {
  RC_ASSERT(unsolvable.proven);
  if (std::ranges::any_of(unsolvable.conflict, is_no_edge)) {
    RC_ASSERT(unsolvable.conflict.size() == 1U);
    const Problem alone{
        .parts = {problem.parts[unsolvable.conflict[0].index]}, .rules = {}, .orders = {}, .aparts = {}};
    RC_ASSERT(!reference::cheapest(alone));
    return;
  }
  RC_ASSERT(!unsolvable.conflict.empty());
  RC_ASSERT(!reference::cheapest(reference::only(problem, unsolvable.conflict, unsolvable.conflict.size())));
  for (std::size_t i = 0; i < unsolvable.conflict.size(); ++i) {
    RC_ASSERT(reference::cheapest(reference::only(problem, unsolvable.conflict, i)).has_value());
  }
}

void check_against_reference(const Problem& problem) {
  const auto answer = solve(problem);
  RC_LOG() << "problem:\n"
           << tests::problem_text(problem) << rules_text(problem) << tests::answer_text(problem, answer);
  const auto best = reference::cheapest(problem);
  RC_ASSERT(std::holds_alternative<Solution>(answer) == best.has_value());
  if (!best) return check_conflict(problem, std::get<Unsolvable>(answer));
  const Solution& solution = std::get<Solution>(answer);
  RC_ASSERT(reference::fault_of(problem, solution) == "");
  RC_ASSERT(solution.proven);
  RC_ASSERT(reference::cost_of(solution).steps == best->steps);
  RC_ASSERT(reference::cost_of(solution).restarts == best->restarts);
}

/// Problems of one case: those where the parts of the solver disagree are rare.
constexpr int kProblems = 20;

TEST_CASE("an answer is legal and the best there is, and a conflict is minimal, as a search through everything finds") {
  rc::prop("against the reference", [] {
    for (int i = 0; i < kProblems; ++i) check_against_reference(any_problem());
  });
}

TEST_CASE("minimum versions along chains are solved as a search through everything would") {
  rc::prop("chains", [] {
    Problem problem;
    const std::size_t parts = 2 + below(2);
    for (std::size_t i = 0; i < parts; ++i) {
      problem.parts.push_back(tests::chain("part " + std::to_string(i), {"0", "1", "2", "3"}, rarely(2)));
    }
    for (std::size_t i = below(5); i > 0; --i) {
      const std::size_t a = below(parts);
      const std::size_t b = (a + 1 + below(parts - 1)) % parts;
      problem.rules.push_back(tests::requires_stop(problem, a, 1 + below(3), b, 1 + below(3)));
      problem.rules.back().before_step = rarely(2);
    }
    check_against_reference(problem);
  });
}

TEST_CASE("parts that nothing couples share restarts, and are not searched") {
  rc::prop("independent parts", [] {
    Problem problem;
    const std::size_t parts = below(200);
    std::size_t steps = 0;
    std::size_t restarts = 0;
    for (std::size_t i = 0; i < parts; ++i) {
      const bool needs_restart = rarely(2);
      const std::size_t length = below(6);
      problem.parts.push_back(
          tests::chain(std::to_string(i), std::vector<std::string>(length + 1, "v"), needs_restart));
      steps += length;
      if (needs_restart) restarts = std::max(restarts, length);
    }
    const auto answer = solve(problem);
    const auto& solution = std::get<Solution>(answer);
    RC_ASSERT(solution.proven);
    RC_ASSERT(reference::cost_of(solution).steps == steps);
    RC_ASSERT(reference::cost_of(solution).restarts == restarts);
  });
}

}  // namespace
}  // namespace firmform::solve

// SPDX-License-Identifier: Apache-2.0
// Paths for a fleet: 10 components with 5 versions on the way each, and 10 rules between them. Prints processor time,
// and how it grows when the fleet doubles; asserts nothing.
#include <fmt/format.h>

#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "tests/support/solve_problems.h"

namespace firmform::tests {
namespace {

constexpr std::size_t kComponents = 10;
constexpr std::size_t kVersions = 7;  ///< installed, five on the way, wanted

/// Requirements go from a component to one before it, and never ask for a later version than the one that needs it.
solve::Problem chains(std::mt19937& random) {
  solve::Problem problem;
  for (std::size_t i = 0; i < kComponents; ++i) {
    std::vector<std::string> versions;
    for (std::size_t v = 0; v < kVersions; ++v) versions.push_back(fmt::format("{}.{}", i, v));
    problem.parts.push_back(chain(fmt::format("component {}", i), versions, i % 2 == 1));
  }
  for (std::size_t i = 0; i < kComponents; ++i) {
    const std::size_t a = 1 + random() % (kComponents - 1);
    const std::size_t needed = 1 + random() % (kVersions - 1);
    problem.rules.push_back(requires_stop(problem, a, needed, random() % a, needed));
  }
  return problem;
}

/// Every image goes over every version, and the ways must pass all versions in between.
solve::Problem free_edges(std::mt19937& random) {
  solve::Problem problem = chains(random);
  for (solve::Part& part : problem.parts) {
    part.edges.clear();
    for (std::size_t from = 0; from < kVersions; ++from) {
      for (std::size_t to = 0; to < kVersions; ++to) {
        if (from != to) part.edges.push_back({from, to});
      }
    }
    for (std::size_t stop = 1; stop + 1 < kVersions; ++stop) part.through.push_back(stop);
  }
  return problem;
}

/// Some pairs must not share a restart.
solve::Problem pairs_apart(std::mt19937& random) {
  solve::Problem problem = chains(random);
  problem.aparts = {{1, 3, "1 and 3"}, {5, 7, "5 and 7"}};
  return problem;
}

/// The last component needs the first and the other way round.
solve::Problem impossible(std::mt19937& random) {
  solve::Problem problem = chains(random);
  problem.rules.push_back(requires_stop(problem, 0, 3, 9, 2));
  problem.rules.push_back(requires_stop(problem, 9, 2, 0, 3));
  return problem;
}

struct Measured {
  double seconds = 0;
  std::size_t steps = 0;
  std::size_t restarts = 0;
  std::size_t impossible = 0;
  std::size_t unproven = 0;
};

void count(Measured& measured, const solve::Solution& solution) {
  measured.unproven += solution.proven ? 0 : 1;
  for (const solve::Round& round : solution.rounds) {
    measured.steps += round.steps.size();
    measured.restarts += round.restart ? 1 : 0;
  }
}

Measured measure(const std::vector<solve::Problem>& hosts) {
  Measured measured;
  const std::clock_t start = std::clock();
  for (const solve::Problem& host : hosts) {
    const auto answer = solve::solve(host);
    if (const auto* solution = std::get_if<solve::Solution>(&answer)) {
      count(measured, *solution);
    } else {
      ++measured.impossible;
      measured.unproven += std::get<solve::Unsolvable>(answer).proven ? 0 : 1;
    }
  }
  measured.seconds = static_cast<double>(std::clock() - start) / static_cast<double>(CLOCKS_PER_SEC);
  return measured;
}

void run(std::string_view title, solve::Problem (*make_host)(std::mt19937&)) {
  fmt::print("{}\n", title);
  double before = 0;
  for (const std::size_t hosts : {1'250U, 2'500U, 5'000U, 10'000U}) {
    std::mt19937 random(1);
    std::vector<solve::Problem> fleet;
    for (std::size_t i = 0; i < hosts; ++i) fleet.push_back(make_host(random));
    const Measured measured = measure(fleet);
    fmt::print(
        "  {:>6} hosts: {:.3f} s cpu{}, {:.1f} us per host; {} steps, {} restarts, {} impossible, {} not proven\n",
        hosts, measured.seconds, before > 0 ? fmt::format(" (x{:.2f})", measured.seconds / before) : "",
        measured.seconds * 1e6 / static_cast<double>(hosts), measured.steps, measured.restarts, measured.impossible,
        measured.unproven);
    before = measured.seconds;
  }
}

}  // namespace
}  // namespace firmform::tests

int main() {
  firmform::tests::run("chains of 7 versions, 10 components, 10 rules", firmform::tests::chains);
  firmform::tests::run("the same with images that go over any version", firmform::tests::free_edges);
  firmform::tests::run("the same with pairs that must not share a restart", firmform::tests::pairs_apart);
  firmform::tests::run("the same with two rules that cannot both hold", firmform::tests::impossible);
  return 0;
}

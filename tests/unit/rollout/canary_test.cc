// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/support/rollout_fleet.h"

namespace firmform::tests {
namespace {

using rollout::choose_canary;
using rollout::Subject;
using Names = std::vector<std::string>;

Subject machine(const std::string& name, const std::string& model, const std::string& rom, Names after = {}) {
  return subject(name, {}, std::move(after), {{"model", model}, {"System ROM", rom}});
}

}  // namespace

TEST_CASE("N15: the canary meets every combination of what it shall cover") {
  const std::vector<Subject> fleet = {machine("a1", "DL360", "2.10"), machine("a2", "DL360", "2.10"),
                                      machine("b1", "DL360", "2.34"), machine("c1", "DL380", "2.10"),
                                      machine("c2", "DL380", "2.10"), machine("c3", "DL380", "2.10")};
  const Names both = choose_canary(canary(1, {"model", "System ROM"}), fleet, 1);
  CHECK(both.size() == 3);
  CHECK(std::ranges::count(both, "b1") == 1);
  CHECK(choose_canary(canary(1, {"model"}), fleet, 1).size() == 2);
  CHECK(choose_canary(canary(1), fleet, 1).size() == 1);
  CHECK(choose_canary(canary(5, {"model", "System ROM"}), fleet, 1).size() == 5);
}

TEST_CASE("That a host lacks a component is a combination, too") {
  const std::vector<Subject> fleet = {machine("a1", "DL360", "2.10"), machine("a2", "DL360", "2.10"),
                                      subject("a3", {}, {}, {{"model", "DL360"}})};
  const Names chosen = choose_canary(canary(1, {"System ROM"}), fleet, 1);
  CHECK(chosen.size() == 2);
  CHECK(std::ranges::count(chosen, "a3") == 1);
}

TEST_CASE("What a chosen host comes after is chosen with it, and goes first") {
  const std::vector<Subject> fleet = {machine("a", "DL360", "2.10", {"z"}), machine("m", "DL380", "2.10"),
                                      machine("z", "DL380", "2.10")};
  const Names chosen = choose_canary(canary(1, {"model"}), fleet, 1);
  CHECK(chosen == Names{"z", "a"});
}

TEST_CASE("Of two ways to meet a combination the one with fewer hosts is taken, whatever the seed") {
  const std::vector<Subject> fleet = {machine("slow", "DL360", "1", {"p1"}), machine("p1", "DL380", "1", {"p2"}),
                                      machine("p2", "DL380", "1"), machine("quick", "DL360", "1", {"q1"}),
                                      machine("q1", "DL380", "1")};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CHECK(choose_canary(canary(1, {"model"}), fleet, seed) == Names{"q1", "quick"});
  }
}

TEST_CASE("A predecessor that meets several others' combinations is shared") {
  // Each of the two needs a further host; taking both behind the same one costs three hosts instead of four.
  const std::vector<Subject> fleet = {machine("x1", "X", "1", {"p"}), machine("x2", "X", "1", {"q"}),
                                      machine("y1", "Y", "1", {"p"}), machine("p", "P", "1"), machine("q", "P", "1")};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CHECK(choose_canary(canary(1, {"model"}), fleet, seed).size() == 3);
  }
}

TEST_CASE("A large fleet with rare combinations has a small canary") {
  std::vector<Subject> fleet;
  for (int i = 0; i < 10'000; ++i) {
    fleet.push_back(machine(fmt::format("h{:05}", i), i % 2 == 0 ? "DL360" : "DL380", i == 4711 ? "rare" : "2.10"));
  }
  const Names chosen = choose_canary(canary(1, {"model", "System ROM"}), fleet, 7);
  CHECK(chosen.size() == 3);
  CHECK(std::ranges::count(chosen, "h04711") == 1);
}

TEST_CASE("A canary of thousands of hosts behind each other is found in reasonable time") {
  std::vector<Subject> fleet;
  for (int i = 0; i < 5'000; ++i) {
    const Names after = i == 0 ? Names{} : Names{fmt::format("h{:05}", i - 1)};
    fleet.push_back(machine(fmt::format("h{:05}", i), fmt::format("M{}", i % 40), fmt::format("{}", i % 3), after));
  }
  const Names chosen = choose_canary(canary(1, {"model", "System ROM"}), fleet, 7);
  CHECK(chosen.size() == 120);
  CHECK(chosen.front() == "h00000");
}

}  // namespace firmform::tests

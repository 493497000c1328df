// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/support/rollout_fleet.h"

namespace firmform::tests {
namespace {

using rollout::make_waves;
using rollout::Wave;
using Sizes = std::vector<std::size_t>;

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::ranges::sort(names);
  return names;
}

}  // namespace

TEST_CASE("Without canary and batches all hosts are one wave") {
  const auto waves = make_waves({}, subjects(3));
  REQUIRE(waves.size() == 1);
  CHECK(waves[0].name == "all");
  CHECK(waves[0].arithmetic == "3 hosts");
  CHECK(sorted(waves[0].hosts) == std::vector<std::string>{"h000", "h001", "h002"});
}

TEST_CASE("No hosts make no waves") {
  CHECK(make_waves({.canary = canary(2), .batches = {share(1)}}, {}).empty());
}

TEST_CASE("The last batch repeats, and what is left forms a smaller one") {
  CHECK(sizes(make_waves({.batches = {share(30, true)}}, subjects(20))) == Sizes{6, 6, 6, 2});
  CHECK(sizes(make_waves({.batches = {share(1), share(5), share(20, true)}}, subjects(48))) ==
        Sizes{1, 5, 10, 10, 10, 10, 2});
  CHECK(sizes(make_waves({.batches = {share(100)}}, subjects(3))) == Sizes{3});
  CHECK(sizes(make_waves({.batches = {share(1)}}, subjects(4))) == Sizes{1, 1, 1, 1});
}

TEST_CASE("A percentage is of all hosts with changes, the canary among them") {
  const auto waves = make_waves({.canary = canary(2), .batches = {share(25, true)}}, subjects(10));
  CHECK(sizes(waves) == Sizes{2, 3, 3, 2});
  CHECK(waves[0].name == "canary");
  CHECK(waves[0].arithmetic == "2 hosts asked for");
  CHECK(waves[1].name == "batch 1");
  CHECK(waves[1].arithmetic == "25% of 10 hosts = 2.5, rounded up to 3");
  CHECK(waves[3].name == "batch 3");
  CHECK(waves[3].arithmetic == "25% of 10 hosts = 2.5, rounded up to 3; 2 left");
}

TEST_CASE("A percentage of a small fleet is one host, not none") {
  CHECK(sizes(make_waves({.batches = {share(1, true)}}, subjects(3))) == Sizes{1, 1, 1});
}

TEST_CASE("A canary without batches is followed by all others") {
  const auto waves = make_waves({.canary = canary(1)}, subjects(5));
  CHECK(sizes(waves) == Sizes{1, 4});
  CHECK(waves[1].name == "batch 1");
  CHECK(waves[1].arithmetic == "all 4 hosts left");
}

TEST_CASE("A canary of more hosts than there are is all of them") {
  CHECK(sizes(make_waves({.canary = canary(9), .batches = {share(1)}}, subjects(3))) == Sizes{3});
}

TEST_CASE("Another seed makes another choice") {
  const auto first = make_waves({.seed = 1, .canary = canary(5)}, subjects(50));
  const auto second = make_waves({.seed = 2, .canary = canary(5)}, subjects(50));
  CHECK(first[0].hosts != second[0].hosts);
}

TEST_CASE("A seed of its own is the same everywhere") {
  // The choice is part of plans that people have approved: it must not change with a compiler or a library.
  const auto waves = make_waves({.seed = 42, .canary = canary(3)}, subjects(20));
  CHECK(waves[0].hosts == std::vector<std::string>{"h001", "h000", "h016"});
}

TEST_CASE("A host never comes before one that it must follow") {
  std::vector<rollout::Subject> chain = subjects(8);
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) chain[i].after = {chain[i + 1].name};
  const auto waves = make_waves({.canary = canary(1), .batches = {share(2)}}, chain);
  CHECK(waves[0].hosts == std::vector<std::string>{"h007"});
  CHECK(waves[1].hosts == std::vector<std::string>{"h006", "h005"});
  CHECK(waves[4].hosts == std::vector<std::string>{"h000"});
  CHECK_FALSE(rollout::find_contradiction(waves, chain));
}

TEST_CASE("Waves that contradict the order of hosts are found") {
  const std::vector<rollout::Subject> hosts = {subject("a", {}, {"b"}), subject("b"), subject("c", {}, {"elsewhere"})};
  const std::vector<Wave> wrong = {{"canary", {"a"}, {}}, {"batch 1", {"b", "c"}, {}}};
  const auto found = rollout::find_contradiction(wrong, hosts);
  REQUIRE(found);
  CHECK(found->host == "a");
  CHECK(found->predecessor == "b");
  CHECK(found->wave == "canary");
  CHECK(rollout::find_contradiction({{"all", {"a", "b", "c"}, {}}}, hosts));
  CHECK_FALSE(rollout::find_contradiction({{"all", {"c", "b", "a"}, {}}}, hosts));
}

TEST_CASE("Hosts that wait for each other are in the waves, and reported as a contradiction") {
  const std::vector<rollout::Subject> circle = {subject("a", {}, {"b"}), subject("b", {}, {"a"}), subject("c")};
  const auto waves = make_waves({.canary = canary(1, {"model"}), .batches = {share(1)}}, circle);
  std::size_t hosts = 0;
  for (const Wave& wave : waves) hosts += wave.hosts.size();
  CHECK(hosts == 3);
  CHECK(rollout::find_contradiction(waves, circle));
}

}  // namespace firmform::tests

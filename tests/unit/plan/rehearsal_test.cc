// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/rehearsal.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "engine/plan/summary.h"

namespace firmform::tests {
namespace {

using plan::Plan;
using std::chrono::minutes;

/// Hosts "a", "b", … that take ten minutes each, in two actions.
Plan plan_of(int hosts) {
  Plan plan;
  for (int i = 0; i < hosts; ++i) {
    const std::string host = fmt::format("{}", static_cast<char>('a' + i));
    const auto first = static_cast<plan::ActionId>(plan.actions.size());
    plan.actions.push_back({.id = first, .host = host, .expected = minutes(9)});
    plan.actions.push_back({.id = first + 1, .host = host, .expected = minutes(1), .needs = {first}});
  }
  return plan;
}

Duration whole(const Plan& plan, std::size_t hosts_in_flight = 10) {
  return plan::estimate(plan, hosts_in_flight).whole;
}

}  // namespace

TEST_CASE("Waves follow each other, with soaks in between") {
  Plan plan = plan_of(4);
  CHECK(whole(plan) == minutes(10));
  plan.rollout = plan::RolloutPlan{.waves = {{.name = "canary", .hosts = {"b"}, .soak = minutes(15)},
                                             {.name = "batch 1", .hosts = {"a", "d", "c"}}}};
  CHECK(whole(plan) == minutes(35));
  CHECK(whole(plan, 2) == minutes(45));
  CHECK(plan::estimate(plan, 2).slowest_host == minutes(10));
}

TEST_CASE("Budgets make hosts take turns, and keep no others from beginning") {
  Plan plan = plan_of(4);
  plan.rollout = plan::RolloutPlan{.waves = {{.name = "all", .hosts = {"a", "b", "c", "d"}}},
                                   .budgets = {{.label = "rack", .value = "r1", .limit = 1, .hosts = {"a", "b", "c"}}}};
  CHECK(whole(plan) == minutes(30));
  // With two at a time, d goes along with a.
  CHECK(whole(plan, 2) == minutes(30));
  plan.rollout->budgets[0].limit = 2;
  CHECK(whole(plan) == minutes(20));
  plan.rollout->budgets.push_back({.label = "feed", .value = "left", .limit = 1, .hosts = {"a", "b", "c", "d"}});
  CHECK(whole(plan) == minutes(40));
}

TEST_CASE("A host that waits for another one holds no place meanwhile") {
  Plan plan = plan_of(3);
  plan.actions[2].needs = {1};  // b after a
  plan.rollout = plan::RolloutPlan{.waves = {{.name = "all", .hosts = {"b", "a", "c"}}},
                                   .budgets = {{.label = "rack", .value = "r1", .limit = 1, .hosts = {"a", "b"}}}};
  CHECK(whole(plan) == minutes(20));
  CHECK(whole(plan, 1) == minutes(30));
}

TEST_CASE("A host that never may begin takes no time") {
  Plan plan = plan_of(2);
  plan.rollout = plan::RolloutPlan{.waves = {{.name = "all", .hosts = {"a", "b"}}},
                                   .budgets = {{.label = "rack", .value = "r1", .limit = 0, .hosts = {"b"}}}};
  CHECK(whole(plan) == minutes(10));
}

}  // namespace firmform::tests

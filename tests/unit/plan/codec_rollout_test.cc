// SPDX-License-Identifier: Apache-2.0
// What plan files say of rollouts, windows, ways and settings.
#include <catch2/catch.hpp>

#include "engine/plan/codec.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

plan::Plan two_hosts() {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc("2.46")}));
  fleet.add(host("web-02", {bmc("2.46")}));
  return *fleet.plan().value;
}

plan::Plan read_back(plan::Plan plan) {
  plan.header.id = plan::compute_id(plan);
  const Result<plan::Plan> again = plan::from_json(plan::to_json(plan));
  if (!again) FAIL(again.error().message());
  return *again;
}

plan::Plan with_id(plan::Plan plan) {
  plan.header.id = plan::compute_id(plan);
  return plan;
}

}  // namespace

TEST_CASE("Waves, budgets and gates survive being written and read") {
  plan::Plan plan = two_hosts();
  plan.rollout = plan::RolloutPlan{
      .seed = 7,
      .waves = {{.name = "canary", .hosts = {"web-02"}, .soak = minutes(15), .pause = true},
                {.name = "batch 1", .hosts = {"web-01"}, .max_failures = 0, .arithmetic = "10% of 1 host"}},
      .budgets = {{.label = "rack", .value = "a12", .limit = 1, .hosts = {"web-01", "web-02"}, .arithmetic = "1"}},
      .health = manifest::HealthGate{.sensors = false, .max_log_entries = 3},
      .max_unreachable = 2};
  plan.config_guard = {{"bios", manifest::GuardAction::restore}, {"boot", manifest::GuardAction::report}};
  plan.foreign_work = manifest::ForeignWork::adopt;
  plan.header.part_of = "0123";
  CHECK(read_back(plan) == with_id(plan));
}

TEST_CASE("Ways, windows, holds and the reasons of restarts survive being written and read") {
  plan::Plan plan = two_hosts();
  const UtcTime start = plan.header.created_at;
  plan.hosts.front().labels = {{"rack", "a12"}};
  plan.hosts.front().window = plan::HeldWindow{.name = "night",
                                               .start = start,
                                               .end = start + hours(4),
                                               .latest_start = start + hours(3),
                                               .expected = minutes(48)};
  plan.changes.front().path = {"2.60", "2.98"};
  plan.changes.front().way_back =
      plan::WayBack{.kind = plan::WayBack::Kind::one_way, .image = "ilo5_246.bin", .text = "downgrades are refused"};
  plan::Action& last = plan.actions.back();
  last.type = plan::ActionType::hold;
  last.because = {"iLO 5 must be active first"};
  last.preconditions.push_back({.type = plan::Condition::Type::not_before, .value = "2026-11-21T22:00:00Z"});
  CHECK(read_back(plan) == with_id(plan));
}

TEST_CASE("Waves that leave a host out, or change it twice, are refused") {
  plan::Plan plan = two_hosts();
  plan.rollout = plan::RolloutPlan{.waves = {{.name = "batch 1", .hosts = {"web-01"}}}};
  SECTION("left out") {}
  SECTION("twice") {
    plan.rollout->waves.push_back({.name = "batch 2", .hosts = {"web-01", "web-02"}});
  }
  const Result<plan::Plan> again = plan::from_json(plan::to_json(with_id(plan)));
  REQUIRE_FALSE(again);
  CHECK(again.error().code() == Code::plan_malformed);
}

}  // namespace firmform::tests

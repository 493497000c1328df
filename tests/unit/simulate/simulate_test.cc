// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/simulate.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>

#include "engine/simulate/promises.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using simulate::Fault;
using simulate::Outcome;
using simulate::SpanKind;

SmallFleet fleet_of(int hosts) {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5_311.bin");
  fleet.entry("System ROM", "U46 v2.36 (03/11/2026)", "U46_2.36.bin");
  for (int i = 0; i < hosts; ++i) {
    fleet.add(host(fmt::format("h{:05}", i), {bmc("3.09"), bios("U46 v2.34 (03/11/2025)")}));
  }
  return fleet;
}

plan::Plan plan_of(const SmallFleet& fleet) {
  auto planned = fleet.plan();
  REQUIRE(planned.value.has_value());
  return std::move(*planned.value);
}

Outcome run(const SmallFleet& fleet, const plan::Plan& plan, simulate::Options options = {}) {
  options.start = kNow;
  auto outcome = simulate::simulate(plan, fleet.inventory, fake_providers(), options);
  if (!outcome) FAIL(outcome.error().message());
  for (const simulate::Violation& violation : outcome->timeline.violations) {
    FAIL_CHECK(violation.host << ": " << violation.text);
  }
  return std::move(*outcome);
}

std::string version_of(const inventory::Inventory& inventory, const std::string& name, const std::string& address) {
  return inventory.at(name).find(address)->version.value_or("");
}

}  // namespace

TEST_CASE("A simulated run brings hosts to the wanted versions, and a second plan is empty") {
  SmallFleet fleet = fleet_of(3);
  const Outcome outcome = run(fleet, plan_of(fleet));
  CHECK(outcome.timeline.count(apply::HostResult::done) == 3);
  CHECK(outcome.timeline.host_restarts() == 3);
  CHECK(outcome.timeline.bmc_restarts() == 3);
  CHECK(outcome.timeline.flashes() == 6);
  CHECK(version_of(outcome.inventory, "h00001", "SystemBMC") == "3.11");
  fleet.inventory = outcome.inventory;
  CHECK(plan_of(fleet).actions.empty());
}

TEST_CASE("A simulation takes about as long as the plan expects") {
  SmallFleet fleet = fleet_of(1);
  const plan::Plan plan = plan_of(fleet);
  Duration expected{0};
  for (const plan::Action& action : plan.actions) expected += action.expected;
  const Duration elapsed = run(fleet, plan).timeline.elapsed();
  CHECK(elapsed > expected / 2);
  CHECK(elapsed < expected * 3 / 2);
}

TEST_CASE("The same seed gives the same timeline, and another seed another one") {
  const SmallFleet fleet = fleet_of(5);
  const plan::Plan plan = plan_of(fleet);
  const auto ends = [&](std::uint64_t seed) {
    std::vector<UtcTime> all;
    for (const simulate::Lane& lane : run(fleet, plan, {.seed = seed}).timeline.lanes) all.push_back(*lane.finished);
    return all;
  };
  CHECK(ends(7) == ends(7));
  CHECK(ends(7) != ends(8));
}

TEST_CASE("What the plan alone tells of the hosts is enough to simulate it") {
  const SmallFleet fleet = fleet_of(2);
  const plan::Plan plan = plan_of(fleet);
  const auto outcome = simulate::simulate(plan, simulate::inventory_of(plan), fake_providers(),
                                          {.start = kNow, .guessed_inventory = true});
  REQUIRE(outcome.has_value());
  CHECK(outcome->timeline.count(apply::HostResult::done) == 2);
  CHECK(outcome->timeline.violations.empty());
}

TEST_CASE("A host that moved since the plan is left alone in the simulation, too") {
  SmallFleet fleet = fleet_of(2);
  const plan::Plan plan = plan_of(fleet);
  fleet.inventory.at("h00000").system.serial = "another";
  const Outcome outcome = run(fleet, plan);
  CHECK(outcome.timeline.lanes[0].result == apply::HostResult::moved);
  CHECK_FALSE(outcome.timeline.lanes[0].started.has_value());
  CHECK(outcome.timeline.lanes[1].result == apply::HostResult::done);
}

TEST_CASE("Faults of a rate of one strike every host, each in its own way") {
  const SmallFleet fleet = fleet_of(2);
  const plan::Plan plan = plan_of(fleet);
  const auto with = [&](Fault fault) {
    simulate::Options options;
    options.faults.set(fault, 1);
    return run(fleet, plan, options);
  };
  CHECK(with(Fault::failed_flash).timeline.count(apply::HostResult::failed) == 2);
  CHECK(with(Fault::wrong_version).timeline.count(apply::HostResult::failed) == 2);
  CHECK(with(Fault::dead).timeline.count(apply::HostResult::unreachable) == 2);
  CHECK(with(Fault::slow).timeline.elapsed() > 2 * run(fleet, plan).timeline.elapsed());
  const Outcome lost = with(Fault::lost_reply);
  CHECK(lost.timeline.count(apply::HostResult::done) == 2);
  CHECK(lost.timeline.flashes() == 4);
}

TEST_CASE("A request that is lost before the BMC has it is sent again") {
  const SmallFleet fleet = fleet_of(20);
  simulate::Options options;
  options.faults.set(Fault::lost_request, 0.3);
  const Outcome outcome = run(fleet, plan_of(fleet), options);
  CHECK(outcome.timeline.count(apply::HostResult::done) > 10);
  CHECK(outcome.timeline.faults_met.at("lost-request") > 0);
}

TEST_CASE("H1: a program that dies at any entry of its journal and is resumed sends every flash once") {
  const SmallFleet fleet = fleet_of(2);
  const plan::Plan plan = plan_of(fleet);
  const std::size_t entries = run(fleet, plan).events.size();
  REQUIRE(entries > 10);
  for (int entry = 1; entry <= static_cast<int>(entries); ++entry) {
    INFO("died before entry " << entry);
    const Outcome outcome = run(fleet, plan, {.crashes = {entry}});
    CHECK(outcome.timeline.count(apply::HostResult::done) == 2);
    CHECK(outcome.timeline.flashes() == 4);
  }
}

TEST_CASE("H2: a reply that is lost is looked for, and the request is not sent again") {
  const SmallFleet fleet = fleet_of(3);
  simulate::Options options;
  options.faults.set(Fault::lost_reply, 1);
  const Outcome outcome = run(fleet, plan_of(fleet), options);
  CHECK(outcome.timeline.count(apply::HostResult::done) == 3);
  CHECK(outcome.timeline.flashes() == 6);
  CHECK(outcome.timeline.host_restarts() == 3);
}

TEST_CASE("H6: a host that must be left alone does not keep those behind it from being done") {
  SmallFleet fleet = fleet_of(10);
  const plan::Plan plan = plan_of(fleet);
  fleet.inventory.at("h00000").vendor_facts["fake.preflight"] = "the account may not flash";
  fleet.inventory.at("h00001").system.serial = "another";
  const Outcome outcome = run(fleet, plan, {.parallelism = 1});
  CHECK(outcome.timeline.count(apply::HostResult::done) == 8);
  CHECK(outcome.timeline.lanes[0].result != apply::HostResult::done);
  CHECK_FALSE(outcome.timeline.lanes[0].started.has_value());
}

TEST_CASE("H26: a BMC that says it is done and runs the old version counts as failed") {
  const SmallFleet fleet = fleet_of(1);
  simulate::Options options;
  options.faults.set(Fault::wrong_version, 1);
  const Outcome outcome = run(fleet, plan_of(fleet), options);
  CHECK(outcome.timeline.count(apply::HostResult::failed) == 1);
  CHECK(version_of(outcome.inventory, "h00000", "SystemBMC") == "3.09");
}

TEST_CASE("H33: waiting for a version that never comes has an end") {
  const SmallFleet fleet = fleet_of(1);
  const plan::Plan plan = plan_of(fleet);
  simulate::Options options;
  options.faults.set(Fault::wrong_version, 1);
  Duration longest{0};
  for (const plan::Action& action : plan.actions) longest += action.deadline;
  CHECK(run(fleet, plan, options).timeline.elapsed() <= longest);
}

TEST_CASE("H18: work of forty minutes is not begun in a window that has twenty-five left") {
  SmallFleet fleet = fleet_of(2);
  auto window = std::make_shared<manifest::Window>();
  window->start = kNow + 1h;
  window->end = kNow + 3h;
  window->held_by = manifest::HeldBy::engine;
  window->span = fleet.lines.add("nights:");
  for (auto& [name, wanted] : fleet.desired.hosts) {
    wanted.window = manifest::WindowChoice{.name = "nights", .window = window, .span = window->span};
  }
  plan::Plan plan = plan_of(fleet);
  REQUIRE(plan.hosts[0].window.has_value());
  CHECK(run(fleet, plan).timeline.count(apply::HostResult::done) == 2);

  // Everything is late: twenty-five minutes before the window closes.
  for (plan::PlannedHost& host : plan.hosts) {
    host.window->expected = 40min;
    host.window->latest_start = host.window->end - 40min;
  }
  const UtcTime late = window->end - 25min;
  const auto outcome = simulate::simulate(plan, fleet.inventory, fake_providers(), {.start = late});
  REQUIRE(outcome.has_value());
  CHECK(outcome->timeline.count(apply::HostResult::deferred) == 2);
  for (const simulate::Lane& lane : outcome->timeline.lanes) CHECK_FALSE(lane.started.has_value());
}

TEST_CASE("H10: one host of a thousand that does not answer does not keep the others from being done") {
  SmallFleet fleet = fleet_of(1000);
  fleet.inventory.at("h00500") = unreachable("h00500");
  const plan::Plan plan = plan_of(fleet);
  CHECK(plan.hosts.size() == 1000);
  const Outcome outcome = run(fleet, plan, {.parallelism = 100});
  CHECK(outcome.timeline.lanes.size() == 999);
  CHECK(outcome.timeline.count(apply::HostResult::done) == 999);
}

TEST_CASE("H30: a cap on hosts in flight holds with ten thousand BMCs") {
  const SmallFleet fleet = fleet_of(10'000);
  plan::Plan plan = plan_of(fleet);
  plan.max_hosts_in_flight = 64;
  const Outcome outcome = run(fleet, plan, {.parallelism = 512});
  CHECK(outcome.timeline.count(apply::HostResult::done) == 10'000);
  REQUIRE_FALSE(outcome.timeline.peaks.empty());
  CHECK(outcome.timeline.peaks.front().most == 64);
}

TEST_CASE("H30: budgets of racks hold with ten thousand BMCs, and waves follow one another") {
  SmallFleet fleet = fleet_of(10'000);
  constexpr int kRacks = 250;
  int number = 0;
  for (auto& [name, wanted] : fleet.desired.hosts) wanted.labels["rack"] = fmt::format("r{}", number++ % kRacks);
  fleet.desired.rollout.canary = manifest::Canary{.hosts = 1, .cover = {}, .span = {}};
  fleet.desired.rollout.batches = {{{10, true}, {}}, {{50, true}, {}}};
  fleet.desired.rollout.per_label = {{{"rack", {}}, {2, false}}};
  fleet.desired.rollout.max_hosts_in_flight = 300;
  const plan::Plan plan = plan_of(fleet);
  REQUIRE(plan.rollout.has_value());
  REQUIRE(plan.rollout->waves.size() == 4);
  const Outcome outcome = run(fleet, plan, {.parallelism = 512});
  CHECK(outcome.timeline.count(apply::HostResult::done) == 10'000);
  CHECK(simulate::first_broken(plan, outcome.timeline, outcome.events).value_or("nothing") == "nothing");
  REQUIRE(outcome.timeline.peaks.size() == kRacks + 1);
  CHECK(outcome.timeline.peaks[0].most == 300);
  for (std::size_t i = 1; i < outcome.timeline.peaks.size(); ++i) {
    CHECK(outcome.timeline.peaks[i].limit == 2);
    CHECK(outcome.timeline.peaks[i].most <= 2);
  }
}

}  // namespace firmform::tests

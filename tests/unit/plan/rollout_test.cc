// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/rollout.h"

#include <catch2/catch.hpp>

#include "engine/plan/codec.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using manifest::Share;
using plan::Plan;
using plan::RolloutPlan;
using Names = std::vector<std::string>;

/// Hosts with an older System ROM than wanted, in two racks; the last one is at the baseline already.
SmallFleet two_racks(int hosts) {
  SmallFleet fleet;
  fleet.entry("System ROM", "2.34", "rom.bin");
  for (int i = 0; i < hosts; ++i) {
    auto snapshot = host(fmt::format("web-{:02}", i), {bmc("3.11"), bios(i + 1 == hosts ? "2.34" : "2.10")});
    fleet.add(std::move(snapshot)).labels = {{"rack", i % 2 == 0 ? "r1" : "r2"}};
  }
  return fleet;
}

void limit(SmallFleet& fleet, const std::string& label, Share share) {
  fleet.desired.rollout.per_label.emplace_back(fleet.text(label), share);
}

manifest::Spanned<Share> share(std::int64_t value, bool percent = false) {
  return {.value = {.value = value, .percent = percent}, .span = {}};
}

RolloutPlan rollout_of(const SmallFleet& fleet) {
  const auto planned = fleet.plan();
  REQUIRE(planned.value);
  REQUIRE(planned.value->rollout);
  return *planned.value->rollout;
}

/// Those about the rollout; plans point out other things as well.
std::vector<Diagnostic> found(const Diagnostics& diagnostics, Code code) {
  std::vector<Diagnostic> result;
  for (const Diagnostic& diagnostic : diagnostics.sorted()) {
    if (diagnostic.code == code) result.push_back(diagnostic);
  }
  return result;
}

}  // namespace

TEST_CASE("A manifest that says nothing of waves or budgets makes a plan without rollout") {
  SmallFleet fleet = two_racks(4);
  fleet.desired.rollout.max_failures = share(2);
  fleet.desired.rollout.max_hosts_in_flight = 3;
  const auto planned = fleet.plan();
  CHECK_FALSE(planned.value->rollout);
  CHECK(planned.value->max_failures == 2);
}

TEST_CASE("A fleet that matches the manifest has no rollout") {
  SmallFleet fleet = two_racks(1);
  fleet.desired.rollout.batches = {share(1)};
  CHECK_FALSE(fleet.plan().value->rollout);
}

TEST_CASE("Waves hold the hosts with actions and no others") {
  SmallFleet fleet = two_racks(6);
  fleet.desired.rollout.canary = manifest::Canary{};
  fleet.desired.rollout.batches = {share(40, true)};
  const RolloutPlan rollout = rollout_of(fleet);
  REQUIRE(rollout.waves.size() == 3);
  CHECK(rollout.seed == 1);
  Names hosts;
  for (const plan::Wave& wave : rollout.waves) hosts.insert(hosts.end(), wave.hosts.begin(), wave.hosts.end());
  std::ranges::sort(hosts);
  CHECK(hosts == Names{"web-00", "web-01", "web-02", "web-03", "web-04"});
  CHECK(rollout.waves[1].arithmetic == "40% of 5 hosts = 2");
}

TEST_CASE("Soaks and pauses come between waves, and health is looked at on every host") {
  SmallFleet fleet = two_racks(4);
  fleet.desired.rollout.batches = {share(1)};
  fleet.desired.rollout.soak = std::chrono::minutes(15);
  fleet.desired.rollout.pause_after = {fleet.text("every")};
  RolloutPlan rollout = rollout_of(fleet);
  REQUIRE(rollout.waves.size() == 3);
  CHECK(rollout.waves[0].soak == std::chrono::minutes(15));
  CHECK(rollout.waves[0].pause);
  CHECK(rollout.waves[2].soak == Duration(0));
  CHECK_FALSE(rollout.waves[2].pause);
  CHECK_FALSE(rollout.health);
  fleet.desired.rollout.health = manifest::HealthGate{};
  rollout = rollout_of(fleet);
  CHECK(rollout.health == manifest::HealthGate{});
}

TEST_CASE("A pause comes after the waves that are named") {
  SmallFleet fleet = two_racks(6);
  fleet.desired.rollout.canary = manifest::Canary{};
  fleet.desired.rollout.batches = {share(1)};
  fleet.desired.rollout.pause_after = {fleet.text("canary"), fleet.text("batch 2")};
  const RolloutPlan rollout = rollout_of(fleet);
  std::vector<bool> pauses;
  for (const plan::Wave& wave : rollout.waves) pauses.push_back(wave.pause);
  CHECK(pauses == std::vector<bool>{true, false, true, false, false});
}

TEST_CASE("A percentage of failures counts in each wave and in the whole run, more than it is too many") {
  SmallFleet fleet = two_racks(11);
  fleet.desired.rollout.batches = {share(1), share(9)};
  fleet.desired.rollout.max_failures = share(20, true);
  fleet.desired.rollout.max_unreachable = share(30, true);
  const auto planned = fleet.plan();
  CHECK(planned.value->max_failures == 2);
  REQUIRE(planned.value->rollout);
  CHECK(planned.value->rollout->waves[0].max_failures == 0);
  CHECK(planned.value->rollout->waves[1].max_failures == 1);
  CHECK(planned.value->rollout->max_unreachable == 3);
}

TEST_CASE("Without a word about failures a tenth may fail, and so none of a canary") {
  SmallFleet fleet = two_racks(21);
  fleet.desired.rollout.canary = manifest::Canary{.hosts = 1};
  const auto planned = fleet.plan();
  CHECK(planned.value->max_failures == 2);
  CHECK(planned.value->rollout->waves[0].max_failures == 0);
  CHECK(planned.value->rollout->waves[1].max_failures == 1);
  fleet.desired.rollout.canary.reset();
  fleet.desired.rollout.soak = std::chrono::minutes(1);
  CHECK_FALSE(fleet.plan().value->max_failures);
}

TEST_CASE("A count of failures is of the run alone") {
  SmallFleet fleet = two_racks(4);
  fleet.desired.rollout.batches = {share(1)};
  fleet.desired.rollout.max_failures = share(2);
  const auto planned = fleet.plan();
  CHECK(planned.value->max_failures == 2);
  CHECK_FALSE(planned.value->rollout->waves[0].max_failures);
  CHECK_FALSE(planned.value->rollout->max_unreachable);
}

TEST_CASE("Budgets are of labels and of the observed model, over the hosts of the manifest") {
  SmallFleet fleet = two_racks(7);
  limit(fleet, "rack", {.value = 50, .percent = true});
  limit(fleet, "model", {.value = 2});
  const RolloutPlan rollout = rollout_of(fleet);
  REQUIRE(rollout.budgets.size() == 3);
  // web-06 has nothing to do, and is one of the four in its rack all the same.
  CHECK(rollout.budgets[0].value == "r1");
  CHECK(rollout.budgets[0].limit == 2);
  CHECK(rollout.budgets[0].arithmetic == "50% of 4 hosts = 2");
  CHECK(rollout.budgets[0].hosts == Names{"web-00", "web-02", "web-04"});
  CHECK(rollout.budgets[1].arithmetic == "50% of 3 hosts = 1.5, rounded down to 1");
  CHECK(rollout.budgets[2].label == "model");
  CHECK(rollout.budgets[2].value == "ProLiant DL360 Gen10 Plus");
  CHECK(rollout.budgets[2].hosts.size() == 6);
}

TEST_CASE("The canary covers models, versions of components, and lineages") {
  SmallFleet fleet = two_racks(9);
  fleet.inventory.at("web-03").system.model = "ProLiant DL380 Gen10 Plus";
  fleet.inventory.at("web-05").components[0].version = "2.77";
  const auto covered = [&](const std::string& trait) {
    fleet.desired.rollout.canary = manifest::Canary{.hosts = 1, .cover = {fleet.text(trait)}, .span = {}};
    return rollout_of(fleet).waves.front().hosts;
  };
  CHECK(covered("model").size() == 2);
  CHECK(std::ranges::count(covered("model"), "web-03") == 1);
  CHECK(std::ranges::count(covered("iLO 5"), "web-05") == 1);
  CHECK(covered("System ROM").size() == 1);
  fleet.inventory.at("web-07").components[1].version = "2.20";
  CHECK(covered("lineage").size() == 2);
  CHECK(std::ranges::count(covered("lineage"), "web-07") == 1);
}

TEST_CASE("A component in `cover` that no host has is pointed out") {
  SmallFleet fleet = two_racks(3);
  fleet.desired.rollout.canary = manifest::Canary{.hosts = 1, .cover = {fleet.text("Systm ROM")}, .span = {}};
  const auto planned = fleet.plan();
  const auto warnings = found(planned.diagnostics, Code::component_not_found);
  REQUIRE(warnings.size() == 1);
  const Diagnostic& diagnostic = warnings.front();
  CHECK(diagnostic.severity == Severity::warning);
  CHECK(diagnostic.message == "no host has a component `Systm ROM`, so the canary covers nothing of it");
  CHECK(diagnostic.help == Names{"did you mean `System ROM`?"});
  REQUIRE(diagnostic.primary);
  CHECK(diagnostic.primary->span.line > 0);
}

TEST_CASE("A host's wave is never before that of a host it comes after, hosts without actions in between") {
  SmallFleet fleet = two_racks(4);
  // web-00 after web-03, which has nothing to do, after web-01.
  fleet.desired.hosts.at("web-00").after = {fleet.text("web-03")};
  fleet.desired.hosts.at("web-03").after = {fleet.text("web-01")};
  fleet.desired.rollout.batches = {share(1)};
  for (std::int64_t seed = 0; seed < 12; ++seed) {
    fleet.desired.rollout.seed = seed;
    Names order;
    for (const plan::Wave& wave : rollout_of(fleet).waves) order.push_back(wave.hosts.front());
    CHECK(std::ranges::find(order, "web-01") < std::ranges::find(order, "web-00"));
  }
}

TEST_CASE("A budget that admits no host is refused, with the hosts that it stops") {
  SmallFleet fleet = two_racks(4);
  limit(fleet, "rack", {.value = 0});
  const auto planned = fleet.plan();
  const auto errors = found(planned.diagnostics, Code::budget_admits_none);
  REQUIRE(errors.size() == 2);
  const Diagnostic& diagnostic = errors.front();
  CHECK(diagnostic.message == "the limit of rack r1 is 0, so none of these ever begins: web-00, web-02");
  CHECK(diagnostic.severity == Severity::error);
}

TEST_CASE("Hosts that wait for each other are refused as a contradiction of the waves") {
  SmallFleet fleet = two_racks(3);
  Plan plan = *fleet.plan().value;
  // Each host's work in two parts, so that the actions have an order and the hosts have none.
  plan.actions = {{.id = 0, .host = "web-00"},
                  {.id = 1, .host = "web-01"},
                  {.id = 2, .host = "web-00", .needs = {1}},
                  {.id = 3, .host = "web-01", .needs = {0}}};
  fleet.desired.rollout.batches = {share(1)};
  const SourceMap sources = fleet.lines.sources();
  plan::Findings findings(sources);
  plan::add_rollout(fleet.inputs(sources), findings, plan);
  CHECK(found(findings.diagnostics(), Code::rollout_order).size() == 1);
}

TEST_CASE("A plan with a rollout is the same whatever the order in which the manifest's hosts came, and is read back") {
  SmallFleet fleet = two_racks(9);
  fleet.desired.rollout = {.seed = 7, .canary = manifest::Canary{}, .batches = {share(30, true)}};
  limit(fleet, "rack", {.value = 1});
  const Plan plan = *fleet.plan().value;
  CHECK(*fleet.plan().value == plan);
  const auto again = plan::from_json(plan::to_json(plan));
  REQUIRE(again);
  CHECK(*again == plan);
}

}  // namespace firmform::tests

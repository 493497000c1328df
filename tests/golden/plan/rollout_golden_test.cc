// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "engine/plan/codec.h"
#include "engine/report/plan_text.h"
#include "engine/report/rollout_text.h"
#include "tests/support/golden.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

constexpr int kMostLines = 20;

/// Hosts of two models in racks of ten, each fed from both sides.
SmallFleet datacenter(int hosts) {
  SmallFleet fleet;
  fleet.entry("System ROM", "2.34", "rom.bin");
  for (int i = 0; i < hosts; ++i) {
    auto snapshot = host(fmt::format("web-{:04}", i), {bmc(i % 7 == 0 ? "2.99" : "3.11"), bios("2.10")});
    if (i % 5 == 0) snapshot.system.model = "ProLiant DL380 Gen10 Plus";
    fleet.add(std::move(snapshot)).labels = {{"rack", fmt::format("r{:03}", i / 10)},
                                             {"power_feed", i % 2 == 0 ? "a" : "b"}};
  }
  return fleet;
}

manifest::Spanned<manifest::Share> share(std::int64_t value, bool percent = false) {
  return {.value = {.value = value, .percent = percent}, .span = {}};
}

void ask_for_everything(SmallFleet& fleet) {
  manifest::Rollout& rollout = fleet.desired.rollout;
  rollout.canary = manifest::Canary{.hosts = 1, .cover = {fleet.text("model"), fleet.text("iLO 5")}, .span = {}};
  rollout.batches = {share(1), share(5), share(10, true)};
  rollout.soak = std::chrono::minutes(15);
  rollout.health = manifest::HealthGate{.max_log_entries = 3};
  rollout.pause_after = {fleet.text("canary"), fleet.text("batch 1")};
  rollout.max_failures = share(5, true);
  rollout.max_unreachable = share(3);
  for (const auto& [label, limit] :
       {std::pair{"rack", share(1)}, {"power_feed", share(50, true)}, {"model", share(30, true)}}) {
    rollout.per_label.emplace_back(fleet.text(label), limit.value);
  }
}

std::string rollout_of(const SmallFleet& fleet, int width = 100) {
  return report::rollout_text(*fleet.plan().value, {.width = width});
}

std::ptrdiff_t lines(const std::string& text) {
  return std::ranges::count(text, '\n');
}

}  // namespace

TEST_CASE("A rollout is printed with its arithmetic, gates and budgets") {
  SmallFleet fleet = datacenter(48);
  ask_for_everything(fleet);
  const std::string text = rollout_of(fleet);
  CHECK(text == golden("golden/plan/rollout/everything.txt", text));
}

TEST_CASE("A rollout of batches alone takes a few lines") {
  SmallFleet fleet = datacenter(20);
  fleet.desired.rollout.batches = {share(30, true)};
  const std::string text = rollout_of(fleet);
  CHECK(text == golden("golden/plan/rollout/batches.txt", text));
  CHECK(report::plan_text(*fleet.plan().value, {}).find(text) != std::string::npos);
}

TEST_CASE("Budgets without waves are one wave") {
  SmallFleet fleet = datacenter(20);
  fleet.desired.rollout.per_label.emplace_back(fleet.text("rack"), share(2).value);
  const std::string text = rollout_of(fleet);
  CHECK(text == golden("golden/plan/rollout/budgets.txt", text));
}

TEST_CASE("The rollout of 5,000 hosts fits on a screen") {
  SmallFleet fleet = datacenter(5'000);
  ask_for_everything(fleet);
  const std::string text = rollout_of(fleet, 80);
  CHECK(text == golden("golden/plan/rollout/large.txt", text));
  CHECK(lines(text) <= kMostLines);
}

TEST_CASE("Many waves of different sizes and many labels fit on a screen, too") {
  SmallFleet fleet = datacenter(200);
  ask_for_everything(fleet);
  fleet.desired.rollout.batches = {share(1), share(2), share(3), share(4), share(5),
                                   share(6), share(7), share(8), share(9)};
  for (auto& [name, desired] : fleet.desired.hosts) {
    for (int i = 0; i < 9; ++i) desired.labels[fmt::format("label-{}", i)] = name;
  }
  for (int i = 0; i < 9; ++i) {
    fleet.desired.rollout.per_label.emplace_back(fleet.text(fmt::format("label-{}", i)), share(1).value);
  }
  const std::string text = rollout_of(fleet, 80);
  CHECK(text == golden("golden/plan/rollout/many.txt", text));
  CHECK(lines(text) <= kMostLines);
}

TEST_CASE("A plan without rollout says nothing of one") {
  const SmallFleet fleet = datacenter(3);
  CHECK(rollout_of(fleet).empty());
}

TEST_CASE("A plan with rollout has the same bytes each time, with every host in its place") {
  SmallFleet fleet = datacenter(6);
  ask_for_everything(fleet);
  const std::string bytes = json::dump_canonical(plan::to_json(*fleet.plan().value));
  CHECK(bytes == json::dump_canonical(plan::to_json(*fleet.plan().value)));
  const json::Value whole = plan::to_json(*fleet.plan().value);
  const json::Value* rollout = whole.find("rollout");
  REQUIRE(rollout != nullptr);
  const std::string part = json::dump_pretty(*rollout);
  CHECK(part == golden("golden/plan/rollout/plan.json", part));
}

}  // namespace firmform::tests

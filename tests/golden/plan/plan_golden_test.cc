// SPDX-License-Identifier: Apache-2.0
// Whole plans, as people and programs see them. UPDATE_GOLDEN=1 rewrites the expected files.
#include <catch2/catch.hpp>

#include "engine/plan/codec.h"
#include "engine/plan/naming.h"
#include "engine/report/inventory_report.h"
#include "engine/report/plan_graph.h"
#include "engine/report/plan_text.h"
#include "tests/support/golden.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

constexpr const char* kOldIlo = "2.46 May 11 2021";
constexpr const char* kNewRom = "U46 v2.10 (08/10/2024)";
constexpr const char* kOldRom = "U46 v1.80 (07/05/2023)";

inventory::HostSnapshot old_host(const std::string& name) {
  return host(name, {bmc(kOldIlo), bios(kOldRom)});
}

void add_baseline(SmallFleet& fleet) {
  fleet.entry("iLO 5", "3.11", "ilo5_311.bin");
  fleet.entry("System ROM", kNewRom, "U46_2.10.signed.flash").after = {fleet.text("iLO 5")};
}

/// Plan as JSON, as text in three shapes, and as graphs.
void check_case(const std::string& name, const SmallFleet& fleet) {
  const Parsed<plan::Plan> planned = fleet.plan();
  REQUIRE(planned.value);
  const plan::Plan& plan = *planned.value;
  const auto expect = [&](const std::string& file, const std::string& actual) {
    CHECK(actual == golden("golden/plan/" + name + "/" + file, actual));
  };
  expect("plan.json", json::dump_pretty(plan::to_json(plan)));
  expect("plan.txt", report::plan_text(plan, {}));
  expect("plan-80-ascii.txt", report::plan_text(plan, {.style = {.width = 80, .unicode = false}}));
  expect("plan-verbose.txt", report::plan_text(plan, {.verbose = true}));
  expect("plan.dot", report::plan_dot(plan));
  expect("plan.mmd", report::plan_mermaid(plan));
}

}  // namespace

TEST_CASE("The plan of one host is as expected") {
  SmallFleet fleet;
  add_baseline(fleet);
  fleet.add(old_host("web-01"));
  check_case("one-host", fleet);
}

TEST_CASE("The plan of a converged fleet is as expected") {
  SmallFleet fleet;
  add_baseline(fleet);
  for (const char* name : {"web-01", "web-02"}) fleet.add(host(name, {bmc("3.11 Feb 25 2025"), bios(kNewRom)}));
  check_case("converged", fleet);
}

TEST_CASE("The plan for what BMCs keep beside their firmware is as expected") {
  using namespace std::chrono_literals;
  SmallFleet fleet;
  add_baseline(fleet);
  for (const char* file : {"spare.bin", "set.bin"}) fleet.image(file);
  for (const char* name : {"web-01", "web-02", "web-03", "web-04"}) {
    auto& desired = fleet.add(staging_host(name, {bmc(kOldIlo), bios(kOldRom)}));
    fleet.window(desired, kNow + 10h, kNow + 14h);
    fleet.install_set(desired, "golden", {"set.bin", "ResetServer"});
    fleet.repository(desired, {"spare.bin"}).absent = {fleet.text("old*")};
    auto& staging = *fleet.inventory.at(name).staging;
    staging.repository->images = {{.file = "old.bin", .size = 1000}, {.file = "set.bin", .size = 33'554'432}};
    staging.install_sets = {
        {.name = "golden",
         .steps = {{.name = "set", .file = "set.bin", .updatable_by = {inventory::Updater::bmc}},
                   {.name = "old", .file = "old.bin", .updatable_by = {inventory::Updater::uefi}}}}};
  }
  // One has a blocked queue, and one has its work in the queue already.
  const auto queue_of = [&](const char* name) -> auto& { return fleet.inventory.at(name).staging->queue; };
  queue_of("web-03") = {{.step = {.name = "theirs", .file = "x.fwpkg"},
                         .state = inventory::QueueState::exception,
                         .result = "FlashFailed"}};
  auto& staged = *fleet.inventory.at("web-04").staging;
  staged.windows = {{.id = "w", .name = "saturday-night 2026-11-21T14:00Z", .start = kNow + 10h, .end = kNow + 14h}};
  for (const auto& [file, address] :
       {std::pair("ilo5_311.bin", "SystemBMC"), std::pair("U46_2.10.signed.flash", "SystemRomActive")}) {
    const std::string name = plan::queue_entry_name(file, std::string(64, 'a'), {address});
    staged.queue.push_back({.step = {.name = name, .file = file}, .window_id = "w", .created = "2026-11-20T09:00:00Z"});
  }
  staged.queue.push_back(
      {.step = {.name = plan::command_entry_name("ResetServer", "x"), .command = "ResetServer"}, .window_id = "w"});
  check_case("resources", fleet);
}

TEST_CASE("The plan of ways through several versions and restarts is as expected") {
  using namespace std::chrono_literals;
  SmallFleet fleet;
  const auto via = [&](manifest::FirmwareEntry& entry, const std::string& version, const std::string& image) {
    fleet.image(image);
    const manifest::Text at{version, fleet.lines.add("via: [" + version + "]")};
    entry.via.push_back({.version = at, .image = manifest::Text{image, at.span}, .span = at.span});
  };
  via(fleet.entry("iLO 5", "3.11", "ilo5_311.bin"), "2.78", "ilo5_278.bin");
  auto& rom = fleet.entry("System ROM", kNewRom, "U46_2.10.signed.flash");
  rom.requires_ = {fleet.text("iLO 5 >= 3.11")};
  rom.power = {.state = "On", .hold = 10min};
  auto& card = fleet.entry("Card", "7.11", "card_711.bin");
  via(card, "5.00", "card_500.bin");
  card.separate_restart = {fleet.text("System ROM")};
  auto& agent = fleet.entry("Agent", "2.0", "agent.bin");
  agent.requires_ = {fleet.text("Card >= 9.0")};
  const auto with_cards = [](const std::string& name) {
    auto made = old_host(name);
    auto one = component("Card.Slot.1", "Card", "4.10");
    one.reset_required = true;
    made.components.insert(made.components.begin(), {component("Agent", "Agent", "1.0"), one});
    return made;
  };
  for (const char* name : {"web-01", "web-02"}) {
    auto& desired = fleet.add(with_cards(name));
    fleet.window(desired, kNow + 76h, kNow + 80h);
  }
  check_case("ways", fleet);
}

TEST_CASE("The inventory of what a BMC keeps is as expected") {
  inventory::Inventory inventory;
  auto host = staging_host("web-01", {bmc(kOldIlo)});
  host.software_note = "no agent runs in the operating system";
  host.incidents = {{"SystemRomActive", "The last flash of the System ROM was cut off."}};
  host.staging->repository->images = {{.uri = "/r/1",
                                       .id = "1",
                                       .file = "a.fwpkg",
                                       .name = "A",
                                       .version = "1.0",
                                       .size = 33'554'432,
                                       .locked = true,
                                       .updatable_by = {inventory::Updater::bmc, inventory::Updater::uefi}}};
  host.staging->queue = {{.uri = "/q/1",
                          .id = "1",
                          .step = {.name = "theirs", .file = "a.fwpkg"},
                          .state = inventory::QueueState::expired,
                          .result = "too late"}};
  host.staging->windows = {{.uri = "/w/1", .id = "1", .name = "tonight", .start = kNow, .end = kNow}};
  host.staging->install_sets = {{.uri = "/s/1",
                                 .id = "1",
                                 .name = "golden",
                                 .is_recovery = true,
                                 .steps = {{.name = "a", .file = "a.fwpkg"}, {.name = "r", .command = "ResetServer"}}}};
  host.staging->agent = {.service_state = "Running", .mode = "AutoDeploy", .version = "2.9"};
  inventory.emplace("web-01", host);
  const auto expect = [&](const std::string& file, const std::string& actual) {
    CHECK(actual == golden("golden/plan/inventory/" + file, actual));
  };
  expect("inventory.txt", report::inventory_text(inventory, {}));
  expect("inventory.json", json::dump_pretty(report::inventory_json(inventory)));
}

TEST_CASE("The plan of a fleet with exceptions is as expected") {
  SmallFleet fleet;
  add_baseline(fleet);
  fleet.entry("Card", "7.11", "card.bin").every = true;
  for (int i = 1; i <= 6; ++i) fleet.add(old_host(fmt::format("web-{:02}", i)));
  for (auto& [name, snapshot] : fleet.inventory) {
    for (const char* address : {"Card.Slot.1", "Card.Slot.2"}) {
      auto card = component(address, "Card", "6.30");
      card.reset_required = true;
      snapshot.components.push_back(card);
    }
  }
  // One is newer than wanted, one busy, one lacks the card, one is done, two cannot be read.
  fleet.inventory.at("web-03").components[0].version = "3.12 Jun 01 2025";
  fleet.inventory.at("web-04").tasks.push_back({"/redfish/v1/TaskService/Tasks/7", "Update", "Running", 12});
  fleet.inventory.at("web-05").components.resize(2);
  fleet.add(host("web-08", {bmc("3.11 Feb 25 2025"), bios(kNewRom), component("Card.Slot.1", "Card", "7.11")}));
  fleet.add(unreachable("web-09"));
  fleet.add(unreachable("web-10"));
  fleet.desired.hosts.at("web-02").after = {fleet.text("web-01")};
  check_case("exceptions", fleet);
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// Whatever a BMC keeps and whatever the manifest wants of it: the plan can be carried out by a strict BMC, leaves other
// people's work alone, and once carried out it is empty.
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>

#include "engine/plan/codec.h"
#include "engine/plan/summary.h"
#include "engine/report/plan_text.h"
#include "tests/property/plan/fake_bmc.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using inventory::QueueState;
using plan::ChangeKind;
using plan::Plan;

constexpr std::uint64_t kMebi = 1U << 20U;
const std::vector<std::string> kFiles = {"a.bin", "b.bin", "c.bin", "queued-card.bin", "old.bin"};

bool one_in(int number) {
  return *rc::gen::inRange(0, number) == 0;
}

template <class T>
T one_of(const std::vector<T>& items) {
  return *rc::gen::elementOf(items);
}

void add_images(inventory::Repository& repository) {
  for (const std::string& file : kFiles) {
    if (!one_in(2)) continue;
    const std::uint64_t size = (one_in(4) ? 16 : 32) * kMebi;
    repository.images.push_back({.file = file, .size = size});
  }
  std::ranges::sort(repository.images, {}, &inventory::StoredImage::file);
  repository.free_bytes = static_cast<std::uint64_t>(*rc::gen::inRange(0, 24)) * 32 * kMebi;
}

inventory::Step arbitrary_step(const inventory::Repository& repository, const std::string& name) {
  if (repository.images.empty() || one_in(3)) {
    return {.name = name, .command = "ResetServer", .updatable_by = {inventory::Updater::bmc}};
  }
  return {.name = name, .file = one_of(repository.images).file, .updatable_by = {inventory::Updater::bmc}};
}

void add_windows(inventory::Staging& staging) {
  const int count = *rc::gen::inRange(0, 8);
  for (int i = 0; i < count; ++i) {
    const UtcTime start = kNow + std::chrono::hours(24 * *rc::gen::inRange(-6, 7));
    const bool ours = one_in(2);
    const std::string name =
        ours ? plan::window_name(one_in(2) ? "saturday-night" : "gone", start) : fmt::format("theirs {}", i);
    if (staging.find_window(name) != nullptr) continue;
    staging.windows.push_back({.id = "id of " + name,
                               .name = name,
                               .description = ours ? std::string(plan::kOwnDescription) : "by hand",
                               .start = start,
                               .end = start + (one_in(3) ? 2h : 4h)});
  }
  std::ranges::sort(staging.windows, {}, &inventory::Window::name);
}

void add_sets(inventory::Staging& staging) {
  const int count = *rc::gen::inRange(0, 5);
  for (int i = 0; i < count; ++i) {
    inventory::InstallSet set{.name = i == 0   ? "golden"
                                      : i == 1 ? "System Recovery Set"
                                               : fmt::format("set {}", i),
                              .is_recovery = i == 1};
    const int steps = *rc::gen::inRange(1, 4);
    for (int j = 0; j < steps; ++j) {
      set.steps.push_back(arbitrary_step(*staging.repository, fmt::format("step {}", j)));
    }
    staging.install_sets.push_back(std::move(set));
  }
  std::ranges::sort(staging.install_sets, {}, &inventory::InstallSet::name);
}

void add_entries(inventory::Staging& staging) {
  const int count = *rc::gen::inRange(0, 3);
  for (int i = 0; i < count; ++i) {
    const bool ours = one_in(2);
    inventory::QueueEntry entry{
        .step = arbitrary_step(*staging.repository, fmt::format("{} {}", ours ? "firmform 0badcafe" : "theirs", i)),
        .state = one_of<QueueState>({QueueState::pending, QueueState::complete, QueueState::complete,
                                     QueueState::canceled, QueueState::expired, QueueState::exception})};
    if (!staging.windows.empty() && one_in(2)) entry.window_id = one_of(staging.windows).id;
    staging.queue.push_back(std::move(entry));
  }
}

inventory::HostSnapshot arbitrary_host() {
  std::vector<inventory::Component> components = {bmc(one_in(2) ? "2.46" : "3.11"),
                                                  bios(one_in(2) ? "U46 v1.80 (07/05/2023)" : "U46 v2.10 (08/10/2024)"),
                                                  component("Card", "Card", one_in(2) ? "1.0" : "2.0")};
  components.back().reset_required = one_in(2);
  auto made = staging_host("web-01", std::move(components));
  add_images(*made.staging->repository);
  add_windows(*made.staging);
  add_sets(*made.staging);
  add_entries(*made.staging);
  FakeBmc locks(made);
  return made;
}

void declare_repository(SmallFleet& fleet, manifest::DesiredHost& host) {
  std::vector<std::string> present;
  for (const std::string& file : {kFiles[0], kFiles[1], kFiles[2]}) {
    if (one_in(3)) present.push_back(file);
  }
  manifest::Repository& repository = fleet.repository(host, present);
  if (one_in(3)) repository.absent = {fleet.text("old*")};
  repository.prune = one_in(2);
}

void declare_sets(SmallFleet& fleet, manifest::DesiredHost& host) {
  std::vector<std::string> steps;
  const int count = *rc::gen::inRange(1, 4);
  for (int i = 0; i < count; ++i) steps.push_back(one_of<std::string>({"a.bin", "b.bin", "c.bin", "ResetServer"}));
  fleet.install_set(host, "golden", steps).absent = one_in(4);
  if (one_in(3)) fleet.install_set(host, "System Recovery Set", {"a.bin"}).recovery = true;
}

SmallFleet arbitrary_fleet() {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin");
  fleet.entry("Card", "2.0", one_in(2) ? "queued-card.bin" : "card.bin");
  for (const std::string& file : {kFiles[0], kFiles[1], kFiles[2]}) fleet.image(file);
  manifest::DesiredHost& host = fleet.add(arbitrary_host());
  if (one_in(2)) declare_repository(fleet, host);
  if (one_in(2)) declare_sets(fleet, host);
  if (one_in(2)) fleet.window(host, kNow + 10h, kNow + 14h);
  if (one_in(3)) fleet.desired.absent_windows = {fleet.text("gone")};
  if (one_in(3)) fleet.desired.policies.clear_foreign_queue = manifest::Permission::allow;
  if (one_in(3)) fleet.desired.policies.recovery_set = manifest::Permission::allow;
  return fleet;
}

Plan plan_of(const SmallFleet& fleet) {
  Parsed<Plan> planned = fleet.plan();
  RC_ASSERT(planned.value.has_value());
  RC_LOG() << report::plan_text(*planned.value, {.style = {.unicode = false}, .verbose = true});
  return *planned.value;
}

}  // namespace

TEST_CASE("A strict BMC can carry out every plan, and other people's work is left alone") {
  rc::prop("", [] {
    SmallFleet fleet = arbitrary_fleet();
    const Plan plan = plan_of(fleet);
    const auto before = fleet.inventory.at("web-01").staging->queue;
    FakeBmc machine(fleet.inventory.at("web-01"));
    RC_ASSERT(machine.carry_out(plan) == "");
    const bool may_clear = fleet.desired.policies.clear_foreign_queue == manifest::Permission::allow;
    for (const inventory::QueueEntry& entry : before) {
      if (plan::is_ours(entry) || (may_clear && inventory::blocks_queue(entry))) continue;
      RC_ASSERT(fleet.inventory.at("web-01").staging->find_queue_entry(entry.step.name) != nullptr);
    }
  });
}

TEST_CASE("What was applied is not planned again, and what waits for a window neither") {
  rc::prop("", [] {
    SmallFleet fleet = arbitrary_fleet();
    const Plan first = plan_of(fleet);
    if (first.count(ChangeKind::blocked) > 0) return;
    FakeBmc machine(fleet.inventory.at("web-01"));
    RC_ASSERT(machine.carry_out(first) == "");
    fleet.now += 1min;
    const Plan second = plan_of(fleet);
    RC_ASSERT(second.actions.empty());

    const bool is_free = std::ranges::none_of(fleet.inventory.at("web-01").staging->queue,
                                              [](const auto& entry) { return inventory::blocks_queue(entry); });
    if (!is_free) return;
    fleet.now = kNow + 15h;
    machine.run_queue(kNow + 11h, first);
    machine.run_queue(fleet.now, first);
    const Plan third = plan_of(fleet);
    RC_ASSERT(third.actions.empty());
    RC_ASSERT(third.count(ChangeKind::pending) == 0U);
  });
}

TEST_CASE("A plan with resources survives being written and read") {
  rc::prop("", [] {
    const Plan plan = plan_of(arbitrary_fleet());
    const auto parsed = json::parse(json::dump_canonical(plan::to_json(plan)));
    RC_ASSERT(parsed.has_value());
    const Result<Plan> again = plan::from_json(*parsed);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == plan);
  });
}

TEST_CASE("Every change with actions is shown, and every action belongs to a change") {
  rc::prop("", [] {
    const Plan plan = plan_of(arbitrary_fleet());
    std::vector<bool> is_owned(plan.actions.size(), false);
    for (const plan::Change& change : plan.changes) {
      for (const plan::ActionId id : change.actions) is_owned[id] = true;
      const bool is_settled =
          change.kind == ChangeKind::no_op || change.kind == ChangeKind::pending || change.kind == ChangeKind::blocked;
      RC_ASSERT(is_settled == change.actions.empty());
    }
    RC_ASSERT(std::ranges::find(is_owned, false) == is_owned.end());
    const plan::Summary summary = plan::summarize(plan);
    RC_ASSERT((summary.changes() == 0) == plan.actions.empty());
  });
}

}  // namespace firmform::tests

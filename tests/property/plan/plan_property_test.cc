// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "engine/plan/codec.h"
#include "engine/plan/summary.h"
#include "engine/report/plan_text.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using plan::Action;
using plan::ActionType;
using plan::Change;
using plan::ChangeKind;
using plan::Plan;

std::string version_or_nothing() {
  return *rc::gen::element<std::string>("1.0", "1.1", "2.0", "2.10", "N/A", "weird", "2.0 May 11 2021");
}

inventory::Component arbitrary_component(int number) {
  auto made =
      component(fmt::format("C{}", number), *rc::gen::element<std::string>("BMC", "ROM", "Card"), version_or_nothing());
  made.is_bmc = made.name == "BMC";
  made.is_bios = made.name == "ROM";
  made.updateable = *rc::gen::element<std::optional<bool>>(true, true, true, std::nullopt, false);
  if (*rc::gen::inRange(0, 8) == 0) made.staged_version = version_or_nothing();
  if (*rc::gen::inRange(0, 12) == 0) made.slot = inventory::Slot::backup;
  return made;
}

inventory::HostSnapshot arbitrary_host(const std::string& name) {
  if (*rc::gen::inRange(0, 10) == 0) return unreachable(name);
  auto made = host(name, {});
  const int count = *rc::gen::inRange(0, 5);
  for (int i = 0; i < count; ++i) made.components.push_back(arbitrary_component(i));
  if (*rc::gen::inRange(0, 15) == 0) made.tasks.push_back({"/t/1", "Update", "Running", {}});
  return made;
}

/// Hosts that come after others of lower number, so that there is no cycle.
SmallFleet arbitrary_fleet() {
  SmallFleet fleet;
  for (const char* name : {"BMC", "ROM", "Card"}) {
    auto& entry = fleet.entry(name, *rc::gen::element<std::string>("1.1", "2.0", "2.10"), fmt::format("{}.bin", name));
    entry.every = *rc::gen::arbitrary<bool>();
    entry.allow_downgrade = *rc::gen::inRange(0, 3) == 0;
  }
  if (*rc::gen::arbitrary<bool>()) fleet.baseline->firmware[0].after = {fleet.text("Card")};
  const int hosts = *rc::gen::inRange(0, 8);
  for (int i = 0; i < hosts; ++i) {
    auto& desired = fleet.add(arbitrary_host(fmt::format("h{}", i)));
    if (i > 0 && *rc::gen::inRange(0, 3) == 0)
      desired.after = {fleet.text(fmt::format("h{}", *rc::gen::inRange(0, i)))};
  }
  return fleet;
}

Plan plan_of(const SmallFleet& fleet) {
  Parsed<Plan> planned = fleet.plan();
  RC_ASSERT(planned.value.has_value());
  return *planned.value;
}

std::string bytes_of(const Plan& plan) {
  return json::dump(plan::to_json(plan));
}

/// The fleet after everything that the plan does has succeeded.
void carry_out(SmallFleet& fleet, const Plan& plan) {
  for (const Change& change : plan.changes) {
    if (change.actions.empty()) continue;
    for (inventory::Component& component : fleet.inventory.at(change.host).components) {
      if (component.address != change.address) continue;
      component.version = change.to;
      component.staged_version.reset();
    }
  }
}

}  // namespace

TEST_CASE("A plan does not depend on the order in which things were read") {
  rc::prop("", [] {
    SmallFleet fleet = arbitrary_fleet();
    const std::string before = bytes_of(plan_of(fleet));
    for (auto& [name, snapshot] : fleet.inventory) {
      std::ranges::reverse(snapshot.components);
      std::ranges::reverse(snapshot.tasks);
    }
    RC_ASSERT(bytes_of(plan_of(fleet)) == before);
  });
}

TEST_CASE("Reading what was written gives the same plan") {
  rc::prop("", [] {
    const Plan plan = plan_of(arbitrary_fleet());
    const auto parsed = json::parse(json::dump_canonical(plan::to_json(plan)));
    RC_ASSERT(parsed.has_value());
    const Result<Plan> again = plan::from_json(*parsed);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == plan);
    RC_ASSERT(plan::compute_id(*again) == plan.header.id);
  });
}

TEST_CASE("Actions come in an order that can be carried out, one write at a time per host") {
  rc::prop("", [] {
    const Plan plan = plan_of(arbitrary_fleet());
    std::map<std::string, std::optional<plan::ActionId>> last_write;
    std::vector<std::set<plan::ActionId>> all_needs(plan.actions.size());
    for (const Action& action : plan.actions) {
      RC_ASSERT(std::ranges::is_sorted(action.needs));
      for (const plan::ActionId need : action.needs) {
        RC_ASSERT(need < action.id);
        all_needs[action.id].insert(need);
        all_needs[action.id].insert(all_needs[need].begin(), all_needs[need].end());
      }
      if (!action.request) continue;
      auto& last = last_write[action.host];
      const bool is_chained = !last || all_needs[action.id].contains(*last);
      RC_ASSERT(is_chained);
      last = action.id;
      RC_ASSERT(action.preconditions.front().type == plan::Condition::Type::same_system);
    }
  });
}

TEST_CASE("Each wanted change ends in a verify, and nothing else has actions") {
  rc::prop("", [] {
    const Plan plan = plan_of(arbitrary_fleet());
    std::set<plan::ActionId> used;
    for (const Change& change : plan.changes) {
      const bool is_wanted = change.kind == ChangeKind::update || change.kind == ChangeKind::downgrade;
      RC_ASSERT(is_wanted != change.actions.empty());
      const bool is_unexplained = change.kind == ChangeKind::blocked && change.reasons.empty();
      RC_ASSERT(!is_unexplained);
      if (!is_wanted) continue;
      RC_ASSERT(plan.actions[change.actions.back()].type == ActionType::verify);
      for (const plan::ActionId id : change.actions) RC_ASSERT(plan.actions[id].host == change.host);
      used.insert(change.actions.begin(), change.actions.end());
    }
    RC_ASSERT(used.size() == plan.actions.size());
  });
}

TEST_CASE("A host is restarted at most once, after its last flash") {
  rc::prop("", [] {
    const Plan plan = plan_of(arbitrary_fleet());
    std::set<std::string> restarted;
    for (const Action& action : plan.actions) {
      const bool is_flash_after_restart = action.type == ActionType::flash && restarted.contains(action.host);
      RC_ASSERT(!is_flash_after_restart);
      if (action.type == ActionType::reset_host) RC_ASSERT(restarted.insert(action.host).second);
    }
  });
}

TEST_CASE("A downgrade is planned only where it is allowed") {
  rc::prop("", [] {
    const SmallFleet fleet = arbitrary_fleet();
    for (const Change& change : plan_of(fleet).changes) {
      if (change.kind != ChangeKind::downgrade) continue;
      const auto asks = [&](const manifest::FirmwareEntry& e) { return e.component.value.name == change.name; };
      RC_ASSERT(std::ranges::find_if(fleet.baseline->firmware, asks)->allow_downgrade);
    }
  });
}

TEST_CASE("After a plan was carried out, the next one has no actions for what it changed") {
  rc::prop("", [] {
    SmallFleet fleet = arbitrary_fleet();
    const Plan first = plan_of(fleet);
    carry_out(fleet, first);
    const Plan second = plan_of(fleet);
    for (const Change& change : second.changes) {
      const auto same = [&](const Change& c) { return c.host == change.host && c.address == change.address; };
      const auto before = std::ranges::find_if(first.changes, same);
      const bool was_changed = before != first.changes.end() && !before->actions.empty();
      RC_ASSERT((!was_changed || change.kind == ChangeKind::no_op));
    }
  });
}

TEST_CASE("Text, JSON and summary agree on whether there is anything to do") {
  rc::prop("", [] {
    const Plan plan = plan_of(arbitrary_fleet());
    const plan::Summary summary = plan::summarize(plan);
    const std::string text = report::plan_text(plan, {});
    const json::Value value = plan::to_json(plan);
    const bool says_none = text.find("No changes. The fleet matches the manifest.") != std::string::npos;
    RC_ASSERT(says_none == summary.is_converged());
    RC_ASSERT((value["summary"]["changes"].as_int() == 0) == plan.actions.empty());
    RC_ASSERT(value["applyable"].as_bool() == !plan.actions.empty());
    RC_ASSERT((text.find("\nPlan: ") != std::string::npos) == !says_none);
  });
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// Parts of plans, carried out on a BMC in a few lines: what is accepted breaks no rule, and leaves nothing undone that
// the rest would not do.
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/plan/codec.h"
#include "engine/plan/part.h"
#include "tests/property/plan/fake_bmc.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using plan::Change;
using plan::Plan;

constexpr int kParts = 4;

/// Hosts whose BMCs keep a queue, with parts of which some need a restart, some go through the queue, and some share an
/// image.
SmallFleet arbitrary_fleet() {
  SmallFleet fleet;
  for (int i = 0; i < kParts; ++i) {
    const char* way = *rc::gen::element("direct", "queued", "queued-shared");
    const std::string image =
        std::string(way) == "queued-shared" ? "queued-shared.bin" : fmt::format("{}{}.bin", way, i);
    auto& entry = fleet.entry(fmt::format("Part {}", i), "2.0", image);
    entry.every = true;
    if (i > 0 && *rc::gen::inRange(0, 3) == 0)
      entry.after = {fleet.text(fmt::format("Part {}", *rc::gen::inRange(0, i)))};
    if (i > 0 && *rc::gen::inRange(0, 4) == 0) entry.requires_ = {fleet.text(fmt::format("Part {} >= 2.0", i - 1))};
  }
  const int hosts = *rc::gen::inRange(1, 4);
  for (int h = 0; h < hosts; ++h) {
    auto snapshot = staging_host(fmt::format("h{}", h), {});
    for (int i = 0; i < kParts; ++i) {
      const int count = *rc::gen::inRange(0, 3);
      for (int c = 0; c < count; ++c) {
        auto made = component(fmt::format("P{}.{}", i, c), fmt::format("Part {}", i),
                              *rc::gen::element<std::string>("1.0", "1.0", "2.0"));
        made.reset_required = *rc::gen::arbitrary<bool>();
        snapshot.components.push_back(made);
      }
    }
    auto& desired = fleet.add(snapshot);
    if (h > 0 && *rc::gen::inRange(0, 3) == 0) desired.after = {fleet.text(fmt::format("h{}", h - 1))};
  }
  if (*rc::gen::inRange(0, 3) == 0) {
    fleet.desired.config_guard = manifest::ConfigGuard{.categories = {{"bios", manifest::GuardAction::restore}}};
  }
  return fleet;
}

Plan plan_of(const SmallFleet& fleet) {
  Parsed<Plan> planned = fleet.plan();
  RC_ASSERT(planned.value.has_value());
  return *planned.value;
}

std::vector<std::string> arbitrary_targets(const Plan& plan) {
  std::vector<std::string> targets;
  const int count = *rc::gen::inRange(1, 5);
  for (int i = 0; i < count; ++i) {
    const Change& change = plan.changes[*rc::gen::inRange<std::size_t>(0, plan.changes.size())];
    targets.push_back(*rc::gen::inRange(0, 4) == 0 ? change.host : change.host + "/" + change.address);
  }
  return targets;
}

/// Empty when no BMC had anything against it.
std::string carry_out(SmallFleet& fleet, const Plan& plan) {
  for (const plan::PlannedHost& host : plan.hosts) {
    FakeBmc bmc(fleet.inventory.at(host.name));
    if (std::string problem = bmc.carry_out(plan); !problem.empty()) return problem;
  }
  return {};
}

using Versions = std::map<std::string, std::string>;

Versions versions_of(const SmallFleet& fleet) {
  Versions all;
  for (const auto& [name, snapshot] : fleet.inventory) {
    for (const inventory::Component& component : snapshot.components) {
      all[name + "/" + component.address] = component.version.value_or("");
    }
  }
  return all;
}

/// Plans again until nothing is left that can be done: a plan may leave later steps to the next one.
void finish(SmallFleet& fleet) {
  for (int round = 0; round < 5; ++round) {
    const Plan plan = plan_of(fleet);
    if (plan.actions.empty()) return;
    RC_ASSERT(carry_out(fleet, plan) == "");
  }
  RC_FAIL("it goes on for ever");
}

/// A part of a fleet's plan that was accepted; the test case is discarded when it was not.
Plan accepted_part(const Plan& whole, const std::vector<std::string>& targets) {
  RC_PRE(!whole.changes.empty());
  Result<Plan> part = plan::part_of(whole, targets);
  RC_PRE(part.has_value());
  return *part;
}

/// What an accepted or refused selection lacks, added until it stands.
std::vector<std::string> completed(const Plan& whole, std::vector<std::string> targets) {
  for (int round = 0; round < 3; ++round) {
    const Result<Plan> part = plan::part_of(whole, targets);
    if (part) return targets;
    RC_ASSERT(part.error().code() == Code::target_incomplete);
    for (const std::string& help : part.error().help()) {
      std::size_t place = 0;
      while ((place = help.find("-target '", place)) != std::string::npos) {
        place += std::string_view("-target '").size();
        targets.push_back(help.substr(place, help.find('\'', place) - place));
      }
    }
  }
  return targets;
}

}  // namespace

TEST_CASE("N26: an accepted part is a legal plan of its own") {
  rc::prop("", [] {
    const Plan whole = plan_of(arbitrary_fleet());
    RC_PRE(!whole.changes.empty());
    const std::vector<std::string> targets = arbitrary_targets(whole);
    const Plan part = accepted_part(whole, targets);
    const auto parsed = plan::from_json(plan::to_json(part));
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(*parsed == part);
    RC_ASSERT(part.header.part_of == whole.header.id);
    std::set<plan::ActionId> owned;
    for (const Change& change : part.changes) owned.insert(change.actions.begin(), change.actions.end());
    for (const plan::Action& action : part.actions) {
      const bool has_a_reason = owned.contains(action.id) || action.type == plan::ActionType::restore;
      RC_ASSERT(has_a_reason);
      RC_ASSERT(part.host(action.host) != nullptr);
    }
  });
}

TEST_CASE("N26: no BMC has anything against an accepted part, and it does what was selected and no more") {
  rc::prop("", [] {
    SmallFleet fleet = arbitrary_fleet();
    const Plan whole = plan_of(fleet);
    RC_PRE(!whole.changes.empty());
    const Plan part = accepted_part(whole, completed(whole, arbitrary_targets(whole)));
    const Versions before = versions_of(fleet);
    RC_ASSERT(carry_out(fleet, part) == "");
    std::set<std::string> meant;
    for (const Change& change : part.changes) {
      if (change.resource != plan::ResourceType::firmware || change.actions.empty()) continue;
      meant.insert(change.host + "/" + change.address);
    }
    for (const auto& [address, version] : versions_of(fleet)) {
      RC_ASSERT(version == (meant.contains(address) ? "2.0" : before.at(address)));
    }
  });
}

TEST_CASE("N26: a part and then what is left lead to where the whole leads") {
  rc::prop("", [] {
    SmallFleet fleet = arbitrary_fleet();
    const Plan whole = plan_of(fleet);
    RC_PRE(!whole.changes.empty());
    SmallFleet at_once = fleet;
    RC_ASSERT(carry_out(at_once, whole) == "");
    finish(at_once);
    const Plan part = accepted_part(whole, completed(whole, arbitrary_targets(whole)));
    RC_ASSERT(carry_out(fleet, part) == "");
    finish(fleet);
    RC_ASSERT(versions_of(fleet) == versions_of(at_once));
  });
}

TEST_CASE("N26: what a refusal asks for is enough, and no selection is refused without need") {
  rc::prop("", [] {
    const Plan whole = plan_of(arbitrary_fleet());
    RC_PRE(!whole.changes.empty());
    const std::vector<std::string> targets = arbitrary_targets(whole);
    RC_ASSERT(plan::part_of(whole, completed(whole, targets)).has_value());
    // Whole hosts that nothing orders are always parts.
    const bool is_ordered = std::ranges::any_of(whole.actions, [&](const plan::Action& action) {
      return std::ranges::any_of(action.needs,
                                 [&](plan::ActionId need) { return whole.actions[need].host != action.host; });
    });
    if (!is_ordered) RC_ASSERT(plan::part_of(whole, {whole.changes.front().host}).has_value());
  });
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// Ways through several versions under random constraints: whatever is planned is carried out on a host that is as
// strict as a real one, and no constraint is ever broken on the way.
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "engine/plan/requirement.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using plan::Action;
using plan::ActionType;
using plan::Change;
using plan::ChangeKind;
using plan::Plan;

const std::vector<std::string> kNames = {"A", "B", "C", "D"};
constexpr int kVersions = 4;

std::string version(int number) {
  return fmt::format("{}.0", number);
}

std::string predicate_about(const std::string& name) {
  return fmt::format("{} {} {}", name, *rc::gen::element<std::string>(">=", "<=", "!=", "="),
                     version(*rc::gen::inRange(1, kVersions + 1)));
}

std::string other_than(const std::string& name) {
  return *rc::gen::suchThat(rc::gen::elementOf(kNames), [&](const std::string& other) { return other != name; });
}

bool by_chance(int one_in) {
  return *rc::gen::inRange(0, one_in) == 0;
}

void add_via(SmallFleet& fleet, manifest::FirmwareEntry& entry) {
  for (int number = 1; number <= kVersions; ++number) {
    if (!by_chance(3)) continue;
    manifest::ViaStep step{.version = {version(number), entry.span}};
    step.image = manifest::Text{fmt::format("{}-{}.bin", entry.component.value.name, version(number)), entry.span};
    step.span = entry.span;
    if (by_chance(4)) step.requires_ = {{predicate_about(other_than(entry.component.value.name)), entry.span}};
    fleet.image(step.image->value);
    entry.via.push_back(step);
  }
}

SmallFleet arbitrary_host() {
  SmallFleet fleet;
  std::vector<inventory::Component> components;
  for (const std::string& name : kNames) {
    components.push_back(component(name, name, version(*rc::gen::inRange(1, kVersions + 1))));
    components.back().reset_required = *rc::gen::arbitrary<bool>();
    if (by_chance(5)) continue;  // nobody asks for it
    const std::string wanted = version(*rc::gen::inRange(1, kVersions + 1));
    auto& entry = fleet.entry(name, wanted, fmt::format("{}-{}.bin", name, wanted));
    entry.allow_downgrade = true;
    if (by_chance(2)) add_via(fleet, entry);
    if (by_chance(3)) entry.requires_ = {{predicate_about(other_than(name)), entry.span}};
    if (by_chance(3)) entry.conflicts = {{predicate_about(other_than(name)), entry.span}};
    if (by_chance(5)) entry.from.minimum = manifest::Text{version(*rc::gen::inRange(1, kVersions + 1)), entry.span};
    if (by_chance(5)) entry.separate_restart = {{other_than(name), entry.span}};
  }
  if (by_chance(2)) {
    const std::string name = *rc::gen::elementOf(kNames);
    manifest::Constraint constraint{.when = {predicate_about(name), {}}};
    (by_chance(2) ? constraint.requires_ : constraint.conflicts) = {{predicate_about(other_than(name)), {}}};
    fleet.baseline->constraints.push_back(constraint);
  }
  fleet.add(host("web-01", components));
  return fleet;
}

/// What must not be: `when` of one component while `bad` of another.
struct Law {
  plan::Requirement when;
  plan::Requirement other;
  bool must_be_met = true;  ///< else it must not be
  bool held = false;        ///< it counts from the moment that it first holds
  std::string text;
};

std::vector<Law> laws_of(const SmallFleet& fleet) {
  std::vector<Law> laws;
  const auto add = [&](const std::string& when, const std::string& other, bool must_be_met) {
    laws.push_back({*plan::parse_requirement(when), *plan::parse_requirement(other), must_be_met, false,
                    fmt::format("{} {} {}", when, must_be_met ? "requires" : "conflicts with", other)});
  };
  for (const manifest::FirmwareEntry& entry : fleet.baseline->firmware) {
    const std::string at_goal = fmt::format("{} = {}", entry.component.value.name, entry.version.value);
    for (const manifest::Text& text : entry.requires_) add(at_goal, text.value, true);
    for (const manifest::Text& text : entry.conflicts) add(at_goal, text.value, false);
  }
  for (const manifest::Constraint& constraint : fleet.baseline->constraints) {
    for (const manifest::Text& text : constraint.requires_) add(constraint.when.value, text.value, true);
    for (const manifest::Text& text : constraint.conflicts) add(constraint.when.value, text.value, false);
  }
  return laws;
}

/// Carries out a plan: an image is active at once, or with the next restart.
class Host {
 public:
  explicit Host(SmallFleet& fleet) : snapshot_(fleet.inventory.at("web-01")), laws_(laws_of(fleet)) { look(); }

  void carry_out(const Plan& plan) {
    for (const Action& action : plan.actions) {
      for (const plan::Condition& condition : action.preconditions) RC_ASSERT(!plan::check(condition, snapshot_));
      if (action.type == ActionType::flash) flash(action);
      if (action.type == ActionType::reset_host) restart();
      look();
      for (const plan::Condition& condition : action.postconditions) RC_ASSERT(!plan::check(condition, snapshot_));
    }
    RC_ASSERT(staged_.empty());
  }

  [[nodiscard]] std::string version_of(const std::string& name) const { return *snapshot_.find(name)->version; }

 private:
  void flash(const Action& action) {
    const std::string& file = action.image->name;
    const std::string name = file.substr(0, 1);
    const std::string brought = file.substr(2, file.size() - std::string("-.bin").size() - 1);
    auto& component = *std::ranges::find(snapshot_.components, name, &inventory::Component::address);
    if (component.reset_required.value_or(false)) {
      RC_ASSERT(!staged_.contains(name));
      staged_[name] = brought;
    } else {
      component.version = brought;
    }
  }

  void restart() {
    RC_ASSERT(!staged_.empty());
    for (const auto& [name, brought] : staged_) {
      std::ranges::find(snapshot_.components, name, &inventory::Component::address)->version = brought;
    }
    staged_.clear();
  }

  [[nodiscard]] bool is_met(const plan::Requirement& requirement) const {
    return plan::is_met(requirement, version_of(requirement.component), version::Scheme::automatic);
  }

  void look() {
    for (Law& law : laws_) {
      const bool holds = !is_met(law.when) || is_met(law.other) == law.must_be_met;
      if (law.held && !holds) RC_FAIL(law.text);
      law.held = law.held || holds;
    }
  }

  inventory::HostSnapshot& snapshot_;
  std::vector<Law> laws_;
  std::map<std::string, std::string> staged_;
};

Plan plan_of(const SmallFleet& fleet) {
  Parsed<Plan> planned = fleet.plan();
  RC_ASSERT(planned.value.has_value());
  return *planned.value;
}

bool is_wanted(const Change& change) {
  return change.kind == ChangeKind::update || change.kind == ChangeKind::downgrade;
}

}  // namespace

TEST_CASE("Whatever is planned reaches its goal and breaks no constraint on the way, and then nothing is left to do") {
  rc::prop("", [] {
    SmallFleet fleet = arbitrary_host();
    const Plan plan = plan_of(fleet);
    Host host(fleet);
    host.carry_out(plan);
    for (const Change& change : plan.changes) {
      if (is_wanted(change)) RC_ASSERT(host.version_of(change.address) == change.to);
    }
    const Plan second = plan_of(fleet);
    for (const Change& change : second.changes) {
      const auto same = [&](const Change& other) { return other.address == change.address; };
      const auto before = std::ranges::find_if(plan.changes, same);
      if (is_wanted(*before)) RC_ASSERT(change.kind == ChangeKind::no_op);
    }
  });
}

TEST_CASE("Components that must not share a restart never do, and each restart activates something") {
  rc::prop("", [] {
    const SmallFleet fleet = arbitrary_host();
    const Plan plan = plan_of(fleet);
    for (const Action& action : plan.actions) {
      if (action.type != ActionType::reset_host) continue;
      const std::set<std::string> together(action.components.begin(), action.components.end());
      RC_ASSERT(!together.empty());
      RC_ASSERT(!action.because.empty());
      for (const manifest::FirmwareEntry& entry : fleet.baseline->firmware) {
        if (entry.separate_restart.empty() || !together.contains(entry.component.value.name)) continue;
        RC_ASSERT(!together.contains(entry.separate_restart.front().value));
      }
    }
  });
}

TEST_CASE("The ways of a host do not depend on the hosts beside it") {
  rc::prop("", [] {
    SmallFleet fleet = arbitrary_host();
    const Plan alone = plan_of(fleet);
    auto twin = fleet.inventory.at("web-01");
    twin.name = "web-00";
    fleet.add(twin);
    const Plan both = plan_of(fleet);
    std::vector<std::string> of_alone;
    std::vector<std::string> of_both;
    for (const Action& action : alone.actions) of_alone.push_back(action.summary);
    for (const Action& action : both.actions) {
      if (action.host == "web-01") of_both.push_back(action.summary);
    }
    RC_ASSERT(of_alone == of_both);
  });
}

TEST_CASE("H18: no write may be sent when the work after it would not end in its window") {
  rc::prop("", [] {
    SmallFleet fleet = arbitrary_host();
    const Duration length = std::chrono::minutes(*rc::gen::inRange(1, 120));
    fleet.window(fleet.desired.hosts.at("web-01"), kNow + 1h, kNow + 1h + length);
    const Plan plan = plan_of(fleet);
    Duration left{0};
    for (const Action& action : plan.actions) left += action.expected;
    const Duration reserve = left / 4;
    if (!plan.actions.empty()) RC_ASSERT(left + reserve <= length);
    for (const Action& action : plan.actions) {
      if (action.request) {
        const auto& conditions = action.preconditions;
        const auto latest = std::ranges::find(conditions, plan::Condition::Type::not_later, &plan::Condition::type);
        RC_ASSERT(latest != conditions.end());
        RC_ASSERT(*parse_rfc3339(latest->value) + left + reserve <= kNow + 1h + length);
      }
      left -= action.expected;
    }
  });
}

}  // namespace firmform::tests

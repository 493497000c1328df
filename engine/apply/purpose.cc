// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/purpose.h"

#include <algorithm>

#include "engine/plan/make_plan.h"

namespace firmform::apply {
namespace {

using plan::Action;
using plan::ActionId;
using plan::Condition;
using Conditions = std::vector<Condition>;

bool is_of_resource(const Condition& condition) {
  return condition.type == Condition::Type::resource_present || condition.type == Condition::Type::resource_absent;
}

/// The versions that `action` wants of the component, as its postconditions say.
Conditions wanted_version(const Action& action, const std::string& component) {
  Conditions wanted;
  for (const Condition& condition : action.postconditions) {
    const bool concerned = condition.type == Condition::Type::wanted_version && condition.component == component;
    if (concerned) wanted.push_back(condition);
  }
  return wanted;
}

/// True for the actions that bring one file in several sections: only the last shows in the repository.
bool share_an_image(const Action& one, const Action& other) {
  return one.type == plan::ActionType::store && other.type == plan::ActionType::store && one.image && other.image &&
         one.image->path == other.image->path && one.image->name == other.image->name;
}

Conditions wanted_resources(const plan::Plan& plan, std::span<const ActionId> actions, const Action& action) {
  Conditions wanted;
  for (const ActionId other : actions) {
    if (other != action.id && !share_an_image(action, plan.actions[other])) continue;
    std::ranges::copy_if(plan.actions[other].postconditions, std::back_inserter(wanted), is_of_resource);
  }
  return wanted;
}

bool all_hold(const Conditions& conditions, const inventory::HostSnapshot& snapshot) {
  return !conditions.empty() && !first_broken(conditions, snapshot);
}

/// Whether the component is where this action or a later one of its host brings it: on a path of several versions, what
/// is beyond a step has no need of it.
bool is_reached(const plan::Plan& plan, std::span<const ActionId> actions, const Action& action,
                const std::string& component, const inventory::HostSnapshot& snapshot) {
  return std::ranges::any_of(actions, [&](ActionId other) {
    return other >= action.id && all_hold(wanted_version(plan.actions[other], component), snapshot);
  });
}

/// Removing what a flash left behind is no part of reaching a version, and neither is leaving the host alone.
bool are_versions_reached(const plan::Plan& plan, std::span<const ActionId> actions, const Action& action,
                          const inventory::HostSnapshot& snapshot) {
  if (action.type == plan::ActionType::remove || action.components.empty()) return false;
  bool any = false;
  for (const std::string& component : action.components) {
    const bool is_wanted = std::ranges::any_of(actions, [&](ActionId other) {
      return other >= action.id && !wanted_version(plan.actions[other], component).empty();
    });
    if (is_wanted && !is_reached(plan, actions, action, component, snapshot)) return false;
    any = any || is_wanted;
  }
  return any;
}

}  // namespace

std::optional<std::string> first_broken(const Conditions& conditions, const inventory::HostSnapshot& snapshot) {
  for (const Condition& condition : conditions) {
    if (auto why = plan::check(condition, snapshot)) return why;
  }
  return std::nullopt;
}

bool is_fulfilled(const plan::Plan& plan, std::span<const ActionId> actions, ActionId id,
                  const inventory::HostSnapshot& snapshot) {
  const Action& action = plan.actions[id];
  return are_versions_reached(plan, actions, action, snapshot) ||
         all_hold(wanted_resources(plan, actions, action), snapshot);
}

}  // namespace firmform::apply

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

/// The versions that the host's plan wants of the action's components. Removing what a flash left behind is no part
/// of reaching them.
Conditions wanted_versions(const plan::Plan& plan, std::span<const ActionId> actions, const Action& action) {
  Conditions wanted;
  if (action.type == plan::ActionType::remove) return wanted;
  for (const ActionId other : actions) {
    for (const Condition& condition : plan.actions[other].postconditions) {
      const bool concerned = std::ranges::count(action.components, condition.component) > 0;
      if (condition.type == Condition::Type::wanted_version && concerned) wanted.push_back(condition);
    }
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
  return all_hold(wanted_versions(plan, actions, action), snapshot) ||
         all_hold(wanted_resources(plan, actions, action), snapshot);
}

}  // namespace firmform::apply

// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/meaning.h"

#include <algorithm>
#include <map>
#include <optional>

namespace firmform::simulate {
namespace {

using plan::Action;
using plan::ActionId;
using plan::ActionType;
using plan::Condition;

/// The BMC's queue needs this long for an update in a window, where the plan has no action that would tell.
constexpr Duration kAppointedWork = std::chrono::minutes(10);

bool is_restart(const Action& action) {
  return action.type == ActionType::reset_host || action.type == ActionType::reset_bmc;
}

/// What brings new firmware, at once or through a queue.
bool brings_firmware(const Action& action) {
  switch (action.type) {
    case ActionType::flash:
    case ActionType::start_update:
    case ActionType::create:
    case ActionType::invoke:
      return true;
    case ActionType::store:
    case ActionType::change:
    case ActionType::remove:
    case ActionType::reset_host:
    case ActionType::reset_bmc:
    case ActionType::verify:
    case ActionType::hold:
    case ActionType::restore:
      return false;
  }
  return false;
}

/// Follows the actions of one host in their order.
class HostReader {
 public:
  HostReader(const plan::Plan& plan, Meanings& meanings) : plan_(plan), meanings_(meanings) {}

  void read(ActionId id) {
    const Action& action = plan_.actions[id];
    if (brings_firmware(action) || is_restart(action)) {
      for (const std::string& component : action.components) writes_[component].push_back(id);
      if (action.type == ActionType::reset_host) last_restart_ = id;
    }
    for (const Condition& condition : action.postconditions) {
      if (condition.type == Condition::Type::wanted_version) give(action, condition);
    }
  }

 private:
  void give(const Action& seen_by, const Condition& wanted) {
    const bool known = given_[wanted.component] == wanted.value;
    given_[wanted.component] = wanted.value;
    const std::vector<ActionId> writes = std::exchange(writes_[wanted.component], {});
    if (writes.empty()) {
      // Nothing here touches it, and still it shall come: staged by others, it becomes active with a restart.
      if (!known && last_restart_) add(*last_restart_, wanted, false);
      return;
    }
    const ActionId last = writes.back();
    const auto bringing =
        std::find_if(writes.rbegin(), writes.rend(), [&](ActionId id) { return brings_firmware(plan_.actions[id]); });
    if (is_restart(plan_.actions[last])) {
      add(last, wanted, false);
      if (bringing != writes.rend() && goes_over_at_once(plan_.actions[*bringing])) add(*bringing, wanted, true);
      return;
    }
    if (goes_over_at_once(plan_.actions[last]) || seen_by.id == last) {
      add(last, wanted, false);
      return;
    }
    Meaning& meaning = meanings_.actions[last];
    meaning.afterwards.push_back({wanted.component, wanted.value, false});
    meaning.afterwards_takes = std::max(meaning.afterwards_takes, seen_by.expected * 3 / 4);
  }

  /// Others only put it into a queue.
  static bool goes_over_at_once(const Action& action) {
    return action.type == ActionType::flash || action.type == ActionType::start_update;
  }

  void add(ActionId id, const Condition& wanted, bool staged) {
    meanings_.actions[id].at_end.push_back({wanted.component, wanted.value, staged});
  }

  const plan::Plan& plan_;
  Meanings& meanings_;
  std::map<std::string, std::vector<ActionId>> writes_;  ///< by component, since a version was last seen
  std::map<std::string, std::string> given_;
  std::optional<ActionId> last_restart_;
};

}  // namespace

Meanings meanings_of(const plan::Plan& plan) {
  Meanings meanings;
  meanings.actions.resize(plan.actions.size());
  std::map<std::string, HostReader> hosts;
  for (const Action& action : plan.actions) {
    hosts.try_emplace(action.host, plan, meanings).first->second.read(action.id);
  }
  for (const plan::Change& change : plan.changes) {
    if (change.resource != plan::ResourceType::firmware || !change.scheduled) continue;
    meanings.appointed.push_back({.host = change.host,
                                  .component = change.address,
                                  .version = change.to,
                                  .at = change.scheduled->start + kAppointedWork});
  }
  return meanings;
}

}  // namespace firmform::simulate

// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/standing.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/apply/run_state.h"

namespace firmform::apply {
namespace {

HostStanding standing_of(const std::vector<ActionState>& actions, const HostRecord& record, bool was_deferred) {
  const auto any = [&](ActionState state) { return std::ranges::count(actions, state) > 0; };
  const auto all = [&](ActionState state) {
    return std::ranges::all_of(actions, [&](ActionState s) { return s == state; });
  };
  if (any(ActionState::unknown)) return HostStanding::unknown;
  if (!record.failure.empty() || any(ActionState::failed)) return HostStanding::failed;
  if (any(ActionState::skipped)) return HostStanding::left;
  if (all(ActionState::pending)) return was_deferred ? HostStanding::deferred : HostStanding::waiting;
  const bool is_compared = record.done || (record.health.empty() && record.settings.empty());
  return all(ActionState::succeeded) && is_compared ? HostStanding::done : HostStanding::at_work;
}

/// Hosts that were not begun for want of time in their window, with the reason.
std::map<std::string, std::string> deferrals(const std::vector<journal::Event>& events) {
  std::map<std::string, std::string> hosts;
  for (const journal::Event& event : events) {
    if (event.kind == journal::EventKind::deferred && !event.action) hosts[event.subject] = event.detail;
  }
  return hosts;
}

HostProgress progress_of(const plan::Plan& plan, const std::vector<plan::ActionId>& actions, const RunState& state,
                         const HostRecord& record, const std::string* deferred) {
  HostProgress progress{.actions = actions.size()};
  std::vector<ActionState> states;
  for (const plan::ActionId id : actions) {
    states.push_back(state[id].state);
    if (state[id].state == ActionState::succeeded) ++progress.done;
    if (state[id].state == ActionState::pending) continue;
    progress.last = fmt::format("{}: {}{}{}", plan.actions[id].summary, to_string(state[id].state),
                                state[id].detail.empty() ? "" : ", ", state[id].detail);
  }
  progress.standing = standing_of(states, record, deferred != nullptr);
  if (progress.standing == HostStanding::deferred) progress.last = *deferred;
  if (!record.failure.empty()) progress.last = record.failure;
  return progress;
}

}  // namespace

std::string_view to_string(HostStanding standing) {
  switch (standing) {
    case HostStanding::waiting:
      return "waiting";
    case HostStanding::at_work:
      return "at work";
    case HostStanding::done:
      return "done";
    case HostStanding::failed:
      return "failed";
    case HostStanding::unknown:
      return "unknown";
    case HostStanding::deferred:
      return "deferred";
    case HostStanding::left:
      return "left alone";
  }
  return "waiting";
}

Standing standing_of(const plan::Plan& plan, const std::vector<journal::Event>& events) {
  Standing standing;
  standing.rollout = fold_rollout(events);
  const RunState state = fold(plan.actions.size(), events);
  const std::map<std::string, std::string> deferred = deferrals(events);
  std::map<std::string, std::vector<plan::ActionId>> actions;
  for (const plan::Action& action : plan.actions) actions[action.host].push_back(action.id);
  for (const auto& [host, ids] : actions) {
    const auto reason = deferred.find(host);
    standing.hosts[host] = progress_of(plan, ids, state, standing.rollout.hosts[host],
                                       reason == deferred.end() ? nullptr : &reason->second);
  }
  if (!plan.rollout) return standing;
  for (std::size_t i = 0; i < plan.rollout->waves.size(); ++i) {
    const plan::Wave& wave = plan.rollout->waves[i];
    WaveStanding& made = standing.waves.emplace_back();
    made.name = wave.name;
    made.hosts = wave.hosts.size();
    made.record = standing.rollout.waves[i];
    for (const std::string& host : wave.hosts) ++made.count[standing.hosts[host].standing];
  }
  return standing;
}

}  // namespace firmform::apply

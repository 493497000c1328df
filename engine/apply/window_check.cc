// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/window_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/time_text.h"

namespace firmform::apply {
namespace {

using plan::Condition;

bool is_about_time(const Condition& condition) {
  return condition.type == Condition::Type::not_before || condition.type == Condition::Type::not_later;
}

bool installs_or_restarts(const plan::Action& action) {
  using enum plan::ActionType;
  return action.type == flash || action.type == start_update || action.type == reset_host || action.type == reset_bmc ||
         action.restarts != plan::Restarts::nothing;
}

}  // namespace

Opening opening_of(const plan::PlannedHost& host, UtcTime now) {
  if (!host.window) return {};
  const plan::HeldWindow& window = *host.window;
  if (now < window.start) {
    return {Opening::State::ahead, fmt::format("its window {} opens at {}", window.name, to_rfc3339(window.start))};
  }
  if (now <= window.latest_start) return {};
  return {Opening::State::missed,
          fmt::format("its work takes {} and would not end in its window {}, which closes at {}: it had to begin by {}",
                      to_text(window.expected), window.name, to_rfc3339(window.end), to_rfc3339(window.latest_start))};
}

std::vector<Condition> without_times(const std::vector<Condition>& conditions) {
  std::vector<Condition> others;
  std::ranges::remove_copy_if(conditions, std::back_inserter(others), is_about_time);
  return others;
}

std::optional<std::string> untimely(const plan::PlannedHost& host, const plan::Action& action, UtcTime now) {
  if (!host.window) return std::nullopt;
  for (const Condition& condition : action.preconditions) {
    const auto time = parse_rfc3339(condition.value);
    if (!is_about_time(condition) || !time) continue;
    if (condition.type == Condition::Type::not_before && now < *time) {
      return fmt::format("its window {} opens at {}", host.window->name, condition.value);
    }
    if (condition.type == Condition::Type::not_later && now > *time) {
      return fmt::format("it is after {}, and the rest would not end in its window {}", condition.value,
                         host.window->name);
    }
  }
  if (installs_or_restarts(action) && now + action.expected > host.window->end) {
    return fmt::format("it is expected to take {}, and its window {} closes at {}", to_text(action.expected),
                       host.window->name, to_rfc3339(host.window->end));
  }
  return std::nullopt;
}

}  // namespace firmform::apply

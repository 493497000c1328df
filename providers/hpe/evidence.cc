// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/plan/make_plan.h"

namespace firmform::hpe {
namespace {

using inventory::HostSnapshot;
using inventory::QueueEntry;
using inventory::QueueState;
using plan::ActionType;
using plan::Condition;

std::vector<Condition> on_resources(const std::vector<Condition>& conditions) {
  std::vector<Condition> found;
  std::ranges::copy_if(conditions, std::back_inserter(found), [](const Condition& condition) {
    return condition.type == Condition::Type::resource_present || condition.type == Condition::Type::resource_absent;
  });
  return found;
}

bool holds(const Condition& condition, const HostSnapshot& host) {
  return !plan::check(condition, host);
}

std::size_t count_holding(const std::vector<Condition>& conditions, const HostSnapshot& host) {
  return static_cast<std::size_t>(
      std::ranges::count_if(conditions, [&](const Condition& condition) { return holds(condition, host); }));
}

Probe found(Evidence evidence, std::string text, std::string task_uri = {}) {
  return {.evidence = evidence, .task_uri = std::move(task_uri), .text = std::move(text)};
}

/// The queue entry that the action was to make.
const QueueEntry* entry_of(const plan::Action& action, const HostSnapshot& host) {
  if (!host.staging || !action.request) return nullptr;
  return host.staging->find_queue_entry(action.request->body.text("Name"));
}

Probe weigh_entry(const plan::Action& action, const QueueEntry& entry) {
  if (!entry.is_bound) {
    return found(Evidence::ambiguous,
                 fmt::format("the queue entry \"{}\" is there, bound to no image: it can never run, "
                             "and blocks the queue until somebody removes it",
                             entry.step.name));
  }
  const bool is_over = entry.state == QueueState::complete;
  if (action.completion == plan::Completion::task && !is_over) {
    return found(Evidence::running, fmt::format("its queue entry is {}", inventory::to_string(entry.state)), entry.uri);
  }
  return found(Evidence::done, fmt::format("its queue entry is there, {}", inventory::to_string(entry.state)));
}

bool is_a_write_on_resources(ActionType type) {
  return type == ActionType::create || type == ActionType::change || type == ActionType::remove ||
         type == ActionType::invoke;
}

}  // namespace

Progress progress_of(const QueueEntry& entry) {
  const std::string state(inventory::to_string(entry.state));
  switch (entry.state) {
    case QueueState::pending:
    case QueueState::in_progress:
      return {.state = ProgressState::running, .percent = {}, .text = fmt::format("in the queue: {}", state)};
    case QueueState::complete:
      return {.state = ProgressState::succeeded, .percent = 100, .text = "the queue entry is complete"};
    case QueueState::canceled:
    case QueueState::expired:
    case QueueState::exception:
      break;
  }
  return {.state = ProgressState::failed,
          .percent = {},
          .text = fmt::format("the queue entry ended as {}{}", state, entry.result.empty() ? "" : ": " + entry.result)};
}

std::optional<Probe> weigh_resources(const plan::Action& action, const HostSnapshot& host) {
  const std::vector<Condition> wanted = on_resources(action.postconditions);
  const bool all_there = !wanted.empty() && count_holding(wanted, host) == wanted.size();
  if (action.type == ActionType::store) {
    if (!all_there) return std::nullopt;
    return found(Evidence::done, "the image is in the repository");
  }
  if (!is_a_write_on_resources(action.type)) return std::nullopt;
  if (action.type == ActionType::create) {
    if (const QueueEntry* entry = entry_of(action, host)) return weigh_entry(action, *entry);
  }
  if (all_there) return found(Evidence::done, "the iLO shows its effect");

  const std::vector<Condition> planned_on = on_resources(action.preconditions);
  const bool untouched = count_holding(planned_on, host) == planned_on.size();
  const bool nothing_there = count_holding(wanted, host) == 0;
  if (untouched && nothing_there) return found(Evidence::not_started, "what the iLO keeps is as it was when planned");
  return found(Evidence::ambiguous, "what the iLO keeps is neither as it was nor as it was to be");
}

}  // namespace firmform::hpe

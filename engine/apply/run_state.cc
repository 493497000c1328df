// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/run_state.h"

namespace firmform::apply {

using journal::EventKind;

std::string_view to_string(ActionState state) {
  switch (state) {
    case ActionState::pending:
      return "pending";
    case ActionState::intended:
      return "intended";
    case ActionState::accepted:
      return "accepted";
    case ActionState::succeeded:
      return "succeeded";
    case ActionState::failed:
      return "failed";
    case ActionState::skipped:
      return "skipped";
    case ActionState::unknown:
      return "unknown";
  }
  return "unknown";
}

void apply_event(RunState& state, const journal::Event& event) {
  if (!event.action || *event.action >= state.size()) return;
  ActionRecord& record = state[*event.action];
  record.detail = event.detail;
  switch (event.kind) {
    case EventKind::intent:
      record.state = ActionState::intended;
      record.sent_at = event.at;
      break;
    case EventKind::refused:
      record.state = ActionState::pending;
      break;
    case EventKind::accepted:
      record.state = ActionState::accepted;
      record.task_uri = event.task_uri;
      break;
    case EventKind::succeeded:
      record.state = ActionState::succeeded;
      break;
    case EventKind::failed:
      record.state = ActionState::failed;
      break;
    case EventKind::skipped:
      record.state = ActionState::skipped;
      break;
    case EventKind::unknown:
      record.state = ActionState::unknown;
      break;
    case EventKind::run_started:
    case EventKind::uncertain:
    case EventKind::observed:
    case EventKind::detached:
    case EventKind::run_finished:
    case EventKind::resumed:
    case EventKind::deferred:
    case EventKind::waiting:
    case EventKind::health:
    case EventKind::settings:
    case EventKind::settings_differ:
    case EventKind::host_done:
    case EventKind::host_failed:
    case EventKind::wave_started:
    case EventKind::wave_finished:
    case EventKind::paused:
    case EventKind::continued:
    case EventKind::advanced:
    case EventKind::cancelled:
    case EventKind::windows_ignored:
    case EventKind::policy_overridden:
    case EventKind::control_seen:
      break;  // evidence and notes, or of the run as a whole; the state stays as it is
  }
}

RunState fold(std::size_t action_count, std::span<const journal::Event> events) {
  RunState state(action_count);
  for (const journal::Event& event : events) apply_event(state, event);
  return state;
}

}  // namespace firmform::apply

// SPDX-License-Identifier: Apache-2.0
// Where a run stands: a fold over its journal events. The live run and `resume` use the same function, so
// a resumed run cannot disagree with a live one.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/journal/journal.h"

namespace firmform::apply {

enum class ActionState {
  pending,   ///< nothing was sent
  intended,  ///< its request may have been sent; only the BMC can tell
  accepted,  ///< the BMC took it and is to be followed
  succeeded,
  failed,
  skipped,
  unknown,  ///< the evidence did not tell; a person must look
};

[[nodiscard]] std::string_view to_string(ActionState state);

struct ActionRecord {
  ActionState state = ActionState::pending;
  std::string task_uri;  ///< when accepted
  UtcTime sent_at{};     ///< time of the intent
  std::string detail;    ///< of the last event
};

using RunState = std::vector<ActionRecord>;  ///< by ActionId

/// Takes one event into account; events without an action change nothing.
void apply_event(RunState& state, const journal::Event& event);

[[nodiscard]] RunState fold(std::size_t action_count, std::span<const journal::Event> events);

}  // namespace firmform::apply

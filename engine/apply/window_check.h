// SPDX-License-Identifier: Apache-2.0
// Windows that apply keeps: whether a host, or one of its actions, may begin now. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.h"

namespace firmform::apply {

struct Opening {
  enum class State { open, ahead, missed };
  State state = State::open;
  std::string text;  ///< why it is not open
};

/// Whether the host's work may begin: its window is open, and all of it is expected to end in it.
[[nodiscard]] Opening opening_of(const plan::PlannedHost& host, UtcTime now);

/// The conditions without those about time, which are looked at apart for a host whose window apply keeps.
[[nodiscard]] std::vector<plan::Condition> without_times(const std::vector<plan::Condition>& conditions);

/// Why a write of a host with a window must not begin now; empty when it may. What installs or restarts must be
/// expected to end before the window does.
[[nodiscard]] std::optional<std::string> untimely(const plan::PlannedHost& host, const plan::Action& action,
                                                  UtcTime now);

}  // namespace firmform::apply

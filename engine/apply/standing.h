// SPDX-License-Identifier: Apache-2.0
// Where a run stands, from its journal alone: for people who look at it from another process. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/apply/rollout_state.h"
#include "engine/plan/plan.h"

namespace firmform::apply {

enum class HostStanding {
  waiting,  ///< nothing was sent to it
  at_work,
  done,
  failed,
  unknown,   ///< a request may have been executed; a person must look
  deferred,  ///< its window had no time for it
  left,      ///< left alone: it moved
};

[[nodiscard]] std::string_view to_string(HostStanding standing);  ///< "waiting", "at work", …

struct HostProgress {
  HostStanding standing = HostStanding::waiting;
  std::size_t done = 0;  ///< of its actions
  std::size_t actions = 0;
  std::string last;  ///< what was seen of it last, one line; empty: nothing
};

struct WaveStanding {
  std::string name;
  std::size_t hosts = 0;
  std::map<HostStanding, std::size_t> count;
  WaveRecord record;
};

struct Standing {
  std::map<std::string, HostProgress> hosts;  ///< those with actions
  std::vector<WaveStanding> waves;            ///< without a rollout, none
  RolloutState rollout;
};

[[nodiscard]] Standing standing_of(const plan::Plan& plan, const std::vector<journal::Event>& events);

}  // namespace firmform::apply

// SPDX-License-Identifier: Apache-2.0
// Where a run as a whole stands: its waves, its gates, what a person asked of it, and what was read of hosts before
// they were changed. A fold over journal events, as RunState is for actions.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "engine/journal/journal.h"

namespace firmform::apply {

struct WaveRecord {
  bool started = false;
  std::optional<UtcTime> finished_at;  ///< when its last host came to an end
  std::string decision;                ///< when it is finished
  bool advanced = false;               ///< a person ended its soak
  bool continued = false;              ///< a person went on after it
};

struct HostRecord {
  std::string health;    ///< before the first write, as JSON; empty: it was not read
  std::string settings;  ///< the same
  UtcTime read_at{};     ///< when they were
  bool done = false;     ///< compared after the last action, and as it should be
  std::string failure;   ///< what was found then; empty: nothing
};

/// Why no further host is begun.
struct Pause {
  std::optional<std::size_t> wave;  ///< whose gate it is; absent: a person's wish
  std::string reason;
};

struct RolloutState {
  std::map<std::size_t, WaveRecord> waves;  ///< by index
  std::map<std::string, HostRecord> hosts;  ///< by name
  std::optional<Pause> paused;
  bool cancelled = false;
  std::int64_t controls_seen = 0;                 ///< sequence of the newest control that the run has acted on
  std::string windows_ignored;                    ///< the reason; empty: they are kept
  std::map<std::string, std::string> overridden;  ///< policy rules; who overrode each, and why
};

/// Takes one event into account; those about actions change nothing.
void apply_event(RolloutState& state, const journal::Event& event);

[[nodiscard]] RolloutState fold_rollout(std::span<const journal::Event> events);

}  // namespace firmform::apply

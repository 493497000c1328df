// SPDX-License-Identifier: Apache-2.0
// All that a watch shows of itself: a value that the watch writes and its endpoint reads. Holds no secrets.
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "engine/json/value.h"
#include "engine/watch/cycle.h"

namespace firmform::watch {

enum class Phase {
  waiting,
  polling,  ///< a new revision is looked for
  looking,  ///< manifest, BMCs, plan: nothing is written
  applying,
  stopping,
};

[[nodiscard]] std::string_view to_string(Phase phase);

/// Upper bounds of the histogram of how long cycles take, in seconds.
inline constexpr std::array<double, 9> kCycleBounds = {1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600};

struct State {
  std::string tool_version;
  UtcTime started{};
  bool apply = false;
  Duration interval{0};
  Duration jitter{0};
  Phase phase = Phase::waiting;
  std::string revision;          ///< of the manifest at hand; empty: not known yet
  std::string revision_problem;  ///< why it may not be the newest; empty: it is
  std::optional<Cycle> last;
  std::optional<Picture> picture;  ///< the newest that there is
  std::string fleet_metrics;       ///< of that picture, as text
  std::optional<UtcTime> last_success;
  std::optional<UtcTime> next;  ///< when the fleet is looked at next; absent while it is
  std::map<CycleResult, std::uint64_t> cycles;
  std::array<std::uint64_t, kCycleBounds.size() + 1> durations{};  ///< cycles per bucket
  double seconds = 0;                                              ///< that all cycles took
  std::map<std::string, std::uint64_t> outcomes;                   ///< hosts of all runs by result
};

/// Takes a cycle that ended into account.
void record(State& state, Cycle cycle, UtcTime now);

/// Whether what is shown can be relied on: the last cycle came to its end, with a valid manifest. The reason against,
/// one line, or nothing.
[[nodiscard]] std::optional<std::string> not_ready(const State& state);

/// What /status answers and `-json` prints of cycles.
[[nodiscard]] json::Value status_json(const State& state);
[[nodiscard]] json::Value cycle_json(const Cycle& cycle);

/// What /metrics answers.
[[nodiscard]] std::string metrics_text(const State& state);

/// One line for each cycle: what was found, and when the fleet is looked at again. Without a line end.
[[nodiscard]] std::string cycle_line(const Cycle& cycle, std::optional<UtcTime> next);

/// The state behind a lock, for the thread that watches and the one that answers.
class Board {
 public:
  explicit Board(State state) : state_(std::move(state)) {}

  [[nodiscard]] State read() const {
    const std::lock_guard guard(mutex_);
    return state_;
  }
  /// What `look` makes of the state, without a copy of all of it.
  template <class Look>
  [[nodiscard]] auto read(Look look) const {
    const std::lock_guard guard(mutex_);
    return look(state_);
  }
  template <class Change>
  void write(Change change) {
    const std::lock_guard guard(mutex_);
    change(state_);
  }

 private:
  mutable std::mutex mutex_;
  State state_;
};

}  // namespace firmform::watch

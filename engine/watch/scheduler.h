// SPDX-License-Identifier: Apache-2.0
// When a watch looks at the fleet next. Pure: it is told the time and what happened, and never waits itself.
#pragma once

#include <optional>
#include <random>
#include <string_view>

#include "engine/base/clock.h"

namespace firmform::watch {

/// Why the fleet is looked at.
enum class Cause {
  start,     ///< the first time
  interval,  ///< it is time
  retry,     ///< the last time did not come to an end
  revision,  ///< the manifest has a new revision
  asked,     ///< by a person
};

[[nodiscard]] std::string_view to_string(Cause cause);

struct Pace {
  Duration interval = std::chrono::minutes(15);
  Duration jitter{0};  ///< up to so much is added to each interval
  Duration poll{0};    ///< how often a new revision is looked for; zero: never
  bool operator==(const Pace&) const = default;
};

/// After so many failures in a row: 30 s, doubled with each, never longer than the interval.
[[nodiscard]] Duration retry_after(int failures, Duration interval);

enum class Step {
  reconcile,
  poll,  ///< look for a new revision
};

struct Due {
  Step step = Step::reconcile;
  Cause cause = Cause::start;  ///< of reconcile
  SteadyTime at{};             ///< not before `now` when it is due at once
};

/// One cycle at a time: what is asked for during one makes one more, right after it.
class Scheduler {
 public:
  /// The same seed draws the same jitter.
  Scheduler(Pace pace, std::uint64_t seed);

  /// May change at any time; counts from the last end.
  void set_pace(Pace pace) { pace_ = pace; }
  /// Makes a cycle due at once. `revision` or `asked`.
  void ask(Cause cause);
  /// A cycle begins: what was asked for is what it does.
  void began() { asked_.reset(); }
  void ended(SteadyTime now, bool succeeded);
  /// A new revision was looked for; a cycle does that as well.
  void polled(SteadyTime now) { polled_ = now; }

  [[nodiscard]] Due next(SteadyTime now) const;
  /// When the fleet is looked at next, whatever is polled before.
  [[nodiscard]] SteadyTime next_cycle(SteadyTime now) const { return cycle(now).at; }
  [[nodiscard]] int failures() const { return failures_; }

 private:
  [[nodiscard]] Due cycle(SteadyTime now) const;
  [[nodiscard]] SteadyTime regular() const;

  Pace pace_;
  std::mt19937_64 chance_;
  double share_ = 0;  ///< of the jitter, in [0, 1); drawn anew after each cycle
  std::optional<SteadyTime> ended_;
  std::optional<SteadyTime> polled_;
  std::optional<Cause> asked_;
  int failures_ = 0;
};

}  // namespace firmform::watch

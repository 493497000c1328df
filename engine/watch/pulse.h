// SPDX-License-Identifier: Apache-2.0
// Pulse: the sign that the thread which watches makes progress. Whoever answers for it feeds the watchdog only while
// there is one.
#pragma once

#include <atomic>
#include <chrono>

#include "engine/base/task.h"

namespace firmform::watch {

class Pulse {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// Longer without a beat, and the watch hangs. Hashing a large image, or a slow program that tells a password, is a
  /// step without a beat.
  static constexpr std::chrono::minutes kPatience{10};

  explicit Pulse(Time now) : last_(now.time_since_epoch().count()) {}
  void beat(Time now) { last_.store(now.time_since_epoch().count(), std::memory_order_relaxed); }
  [[nodiscard]] bool is_alive(Time now) const {
    return now - Time(Time::duration(last_.load(std::memory_order_relaxed))) <= kPatience;
  }

 private:
  std::atomic<Time::rep> last_;
};

/// Beats on the executor's loop for as long as that turns; ends with the loop.
Task<void> keep_beating(Pulse& pulse);

}  // namespace firmform::watch

// SPDX-License-Identifier: Apache-2.0
// Time as an effect. Everything that waits or stamps asks a Clock, so that a 40-minute flash runs in
// microseconds under the tests' virtual clock.
#pragma once

#include <chrono>

#include "engine/base/task.h"

namespace firmform {

using Duration = std::chrono::milliseconds;
using UtcTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual UtcTime now() const = 0;
  [[nodiscard]] virtual SteadyTime steady_now() const = 0;
  /// Resumes after `duration` on the caller's executor; honours Asio cancellation.
  virtual Task<void> sleep(Duration duration) = 0;
};

/// The operating system's clocks and Asio timers.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] UtcTime now() const override;
  [[nodiscard]] SteadyTime steady_now() const override;
  Task<void> sleep(Duration duration) override;
};

}  // namespace firmform

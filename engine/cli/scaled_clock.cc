// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/scaled_clock.h"

#include <algorithm>
#include <cstdlib>

namespace firmform::cli {
namespace {

class ScaledClock final : public Clock {
 public:
  explicit ScaledClock(double speed) : speed_(speed), start_(system_.steady_now()) {}

  [[nodiscard]] UtcTime now() const override { return system_.now(); }

  [[nodiscard]] SteadyTime steady_now() const override { return start_ + scaled(system_.steady_now() - start_, speed_); }

  Task<void> sleep(Duration duration) override {
    return system_.sleep(std::max(scaled(duration, 1 / speed_), Duration(1)));
  }

 private:
  static Duration scaled(Duration duration, double factor) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(
        static_cast<double>(duration.count()) * factor));
  }

  SystemClock system_;
  double speed_;
  SteadyTime start_;
};

}  // namespace

std::unique_ptr<Clock> make_clock() {
  const char* text = std::getenv("FIRMFORM_LAB_SPEED");
  const double speed = text == nullptr ? 1 : std::strtod(text, nullptr);
  if (speed > 1) return std::make_unique<ScaledClock>(speed);
  return std::make_unique<SystemClock>();
}

}  // namespace firmform::cli

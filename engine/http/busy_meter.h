// SPDX-License-Identifier: Apache-2.0
// BusyMeter: whether the event loop has time left. A loop that is busy throughout gains nothing from more
// connections; they only add handshakes.
#pragma once

#include <chrono>

namespace firmform::http {

class BusyMeter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  void begin(TimePoint now) {
    if (now - window_began_ >= kWindow) {
      saturated_ = busy_ * kParts >= (now - window_began_) * kBusyParts;
      window_began_ = now;
      busy_ = {};
    }
    began_ = now;
  }
  void end(TimePoint now) { busy_ += now - began_; }

  /// True when the last whole window was spent working for more than four fifths of its time.
  [[nodiscard]] bool saturated() const { return saturated_; }

 private:
  static constexpr std::chrono::milliseconds kWindow{50};
  static constexpr int kParts = 5;
  static constexpr int kBusyParts = 4;

  TimePoint window_began_{};
  TimePoint began_{};
  std::chrono::steady_clock::duration busy_{};
  bool saturated_ = false;
};

}  // namespace firmform::http

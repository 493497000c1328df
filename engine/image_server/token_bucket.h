// SPDX-License-Identifier: Apache-2.0
// TokenBucket: when the next bytes may go out under a cap that all connections share, first come first served. Pure.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace firmform::image_server {

class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Span = std::chrono::steady_clock::duration;

  /// 0: no cap.
  explicit TokenBucket(std::uint64_t bytes_per_second) : bytes_per_second_(bytes_per_second) {}

  [[nodiscard]] std::uint64_t bytes_per_second() const { return bytes_per_second_; }

  /// Books `bytes` and returns how long to wait before they are sent. What was not used earlier is lost, but for a
  /// tenth of a second.
  [[nodiscard]] Span take(std::uint64_t bytes, Time now) {
    if (bytes_per_second_ == 0) return Span(0);
    constexpr Span kCredit = std::chrono::milliseconds(100);
    free_at_ = std::max(free_at_, now - kCredit);
    const Span wait = std::max(Span(0), free_at_ - now);
    const double seconds = static_cast<double>(bytes) / static_cast<double>(bytes_per_second_);
    free_at_ += std::chrono::duration_cast<Span>(std::chrono::duration<double>(seconds));
    return wait;
  }

 private:
  std::uint64_t bytes_per_second_;
  Time free_at_{};
};

}  // namespace firmform::image_server

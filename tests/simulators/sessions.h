// SPDX-License-Identifier: Apache-2.0
// The sessions that are open on a simulated BMC.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"

namespace firmform::simulators {

struct Session {
  std::string id;
  std::string token;
  std::string user;
  UtcTime created{};
  UtcTime used{};
};

class Sessions {
 public:
  Sessions(std::size_t limit, Duration timeout, std::uint64_t seed);

  [[nodiscard]] bool full() const { return sessions_.size() >= limit_; }
  /// `ilo_style` ids hold user, time of login and a random number; others are short numbers.
  const Session& open(const std::string& user, UtcTime now, bool ilo_style);
  /// The session of a token, which counts as a use of it. Null when there is none (any more).
  const Session* use(std::string_view token, UtcTime now);
  [[nodiscard]] const Session* find(std::string_view id) const;
  bool close(std::string_view id);
  void close_all() { sessions_.clear(); }
  void drop_idle(UtcTime now);
  [[nodiscard]] const std::vector<Session>& all() const { return sessions_; }

 private:
  [[nodiscard]] std::string random_hex(std::size_t digits);

  std::size_t limit_;
  Duration timeout_;
  std::mt19937_64 random_;
  std::uint64_t last_number_ = 0;
  std::vector<Session> sessions_;
};

}  // namespace firmform::simulators

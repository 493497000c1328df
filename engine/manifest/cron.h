// SPDX-License-Identifier: Apache-2.0
// Cron schedules of maintenance windows: five fields, as crontab(5) has them.
#pragma once

#include <bitset>
#include <chrono>
#include <optional>
#include <string_view>

#include "engine/base/clock.h"

namespace firmform::manifest {

/// How far ahead times of a schedule are looked for. February 29 on one weekday comes again after 40 years at most
/// (over 2100); what is rarer never comes.
inline constexpr std::chrono::days kScheduleHorizon{41 * 366};

/// A schedule, in some time zone.
struct Cron {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;      ///< of the month
  std::bitset<13> months;    ///< January is 1
  std::bitset<7> weekdays;   ///< Sunday is 0
  bool any_day = false;      ///< the day field begins with `*`
  bool any_weekday = false;  ///< the weekday field does

  /// Whether it fires on this day. Of day and weekday one suffices where neither begins with `*`.
  [[nodiscard]] bool fires_on(std::chrono::sys_days day) const;
};

/// Minute, hour, day of month, month and weekday, each a `*`, numbers or names, ranges, steps and lists of these. A
/// step after a single number goes on to the end of the field. Empty when malformed or out of bounds.
[[nodiscard]] std::optional<Cron> parse_cron(std::string_view text);

[[nodiscard]] bool is_cron(std::string_view text);

/// The shortest time between two firings by the clock on the wall. Empty when it never fires.
[[nodiscard]] std::optional<Duration> shortest_period(const Cron& cron);

}  // namespace firmform::manifest

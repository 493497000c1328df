// SPDX-License-Identifier: Apache-2.0
// Recurrence rules of maintenance windows, as RFC 5545 has them: the parts that tell days and minutes. Own code, for
// libical would bring 40 MB of libraries that a run without a desktop lacks, and computes in a global zone table.
#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/base/time_zone.h"

namespace firmform::manifest {

/// A rule with its beginning, in some time zone.
struct Recurrence {
  enum class Frequency { daily, weekly, monthly, yearly };
  /// "SA", "2SA", "-1SA"
  struct Weekday {
    std::chrono::weekday day;
    int ordinal = 0;  ///< within the month or year; negative from its end; 0: each
  };

  Frequency frequency = Frequency::daily;
  std::int64_t interval = 1;
  std::optional<std::int64_t> count;
  std::optional<WallTime> until;  ///< the last time that may be one
  bool until_is_utc = false;
  std::vector<Weekday> weekdays;
  std::vector<int> month_days;   ///< negative from the end of the month
  std::bitset<13> months;        ///< January is 1; none: all
  std::vector<int> positions;    ///< within what the rule gives for one day, week, month or year
  std::vector<int> day_minutes;  ///< times of the day, in order
  std::chrono::weekday week_start = std::chrono::Monday;
  WallTime first{};  ///< none comes before; what the rule leaves open is taken from it

  /// Whether the rule takes in this day, apart from `interval` and `positions`.
  [[nodiscard]] bool fits(std::chrono::year_month_day date) const;
};

/// FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE, BYSETPOS and WKST. Fails with
/// invalid_value, naming the part that is wrong or not known here and what to write instead.
[[nodiscard]] Result<Recurrence> parse_recurrence(std::string_view rule, WallTime first);

/// "2026-11-14T22:00", with or without seconds of zero. Empty for anything else, dates that do not exist among them.
[[nodiscard]] std::optional<WallTime> parse_wall_time(std::string_view text);
/// "2026-11-14T22:00"
[[nodiscard]] std::string to_wall_text(WallTime time);

/// The times of a rule, one after the other, by the clock on the wall.
class RecurrenceWalk {
 public:
  /// The first one is no earlier than `from`. The rule must outlive the walk.
  RecurrenceWalk(const Recurrence& rule, WallTime from);

  /// Empty after the last one, and where none comes within 41 years from the start.
  [[nodiscard]] std::optional<WallTime> next();

 private:
  void fill();
  void add_days(std::chrono::sys_days first, std::chrono::sys_days end);
  void choose_positions();

  const Recurrence& rule_;
  WallTime from_;
  std::chrono::sys_days end_;  ///< no period begins later
  std::int64_t period_ = 0;
  std::int64_t taken_ = 0;  ///< of `count`
  std::vector<WallTime> times_;
  std::size_t at_ = 0;
  bool over_ = false;
};

/// Two times of the rule that follow each other by less than `duration`, if there are any in the first 28 years.
struct Crowding {
  WallTime first{};
  WallTime second{};
};
[[nodiscard]] std::optional<Crowding> too_close(const Recurrence& rule, Duration duration);

}  // namespace firmform::manifest

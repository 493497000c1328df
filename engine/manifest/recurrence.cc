// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/recurrence.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/manifest/cron.h"

namespace firmform::manifest {
namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month;
using std::chrono::year_month_day;
using std::chrono::years;
using Frequency = Recurrence::Frequency;

/// Every combination of date and weekday comes within 28 years, none of which is 2100.
constexpr days kCycle{28 * 366};
/// Rules that give more times than this in a cycle give them every day, so that the first ones tell all.
constexpr int kMostCompared = 200'000;

sys_days day_of(WallTime time) {
  return sys_days(std::chrono::floor<days>(time).time_since_epoch());
}

WallTime midnight(sys_days day) {
  return WallTime(Duration(day.time_since_epoch()));
}

sys_days month_start(year_month month) {
  return sys_days(month / 1);
}

sys_days week_of(sys_days day, std::chrono::weekday start) {
  return day - (std::chrono::weekday(day) - start);
}

/// Half open range of days.
struct Days {
  sys_days first;
  sys_days end;
};

/// The number `index` of the days, weeks, months or years that the rule counts.
Days period(const Recurrence& rule, std::int64_t index) {
  const std::int64_t distance = index * rule.interval;
  const sys_days start = day_of(rule.first);
  const year_month_day date(start);
  switch (rule.frequency) {
    case Frequency::daily: {
      const sys_days day = start + days(distance);
      return {day, day + days(1)};
    }
    case Frequency::weekly: {
      const sys_days week = week_of(start, rule.week_start) + days(7 * distance);
      return {week, week + days(7)};
    }
    case Frequency::monthly: {
      const year_month month = date.year() / date.month() + months(distance);
      return {month_start(month), month_start(month + months(1))};
    }
    case Frequency::yearly: {
      const std::chrono::year year = date.year() + years(distance);
      return {month_start(year / 1), month_start((year + years(1)) / 1)};
    }
  }
  return {};
}

/// The last period that begins no later than `day`, or 0.
std::int64_t period_before(const Recurrence& rule, sys_days day) {
  const sys_days start = period(rule, 0).first;
  if (day <= start) return 0;
  const year_month_day from(start);
  const year_month_day to(day);
  std::int64_t distance = 0;
  switch (rule.frequency) {
    case Frequency::daily:
      distance = (day - start).count();
      break;
    case Frequency::weekly:
      distance = (day - start).count() / 7;
      break;
    case Frequency::monthly:
      distance = (to.year() / to.month() - from.year() / from.month()).count();
      break;
    case Frequency::yearly:
      distance = (to.year() - from.year()).count();
      break;
  }
  return distance / rule.interval;
}

/// Whether the day is the ordinal-th of its weekday between two days.
bool is_ordinal(sys_days day, Days range, int ordinal) {
  const auto from_start = (day - range.first).count() / 7 + 1;
  const auto from_end = (range.end - days(1) - day).count() / 7 + 1;
  return ordinal > 0 ? from_start == ordinal : from_end == -ordinal;
}

/// What ordinals of weekdays count in: months where the rule repeats by month or names months, else years.
Days ordinal_range(const Recurrence& rule, year_month_day date) {
  const year_month month = date.year() / date.month();
  if (rule.frequency == Frequency::monthly || rule.months.any()) {
    return {month_start(month), month_start(month + months(1))};
  }
  return {month_start(date.year() / 1), month_start((date.year() + years(1)) / 1)};
}

}  // namespace

bool Recurrence::fits(year_month_day date) const {
  if (months.any() && !months[static_cast<unsigned>(date.month())]) return false;
  if (!month_days.empty()) {
    const auto last = static_cast<int>(static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day()));
    const auto day = static_cast<int>(static_cast<unsigned>(date.day()));
    const auto fits_day = [&](int wanted) { return wanted > 0 ? wanted == day : last + 1 + wanted == day; };
    if (std::ranges::none_of(month_days, fits_day)) return false;
  }
  if (weekdays.empty()) return true;
  const sys_days day(date);
  return std::ranges::any_of(weekdays, [&](const Weekday& wanted) {
    if (wanted.day != std::chrono::weekday(day)) return false;
    return wanted.ordinal == 0 || is_ordinal(day, ordinal_range(*this, date), wanted.ordinal);
  });
}

RecurrenceWalk::RecurrenceWalk(const Recurrence& rule, WallTime from)
    : rule_(rule), from_(std::max(from, rule.first)), end_(day_of(from_) + kScheduleHorizon) {
  // Where times are counted, all of them must be walked.
  if (!rule.count) period_ = period_before(rule, day_of(from_));
}

std::optional<WallTime> RecurrenceWalk::next() {
  while (!over_) {
    if (at_ == times_.size()) {
      fill();
      continue;
    }
    const WallTime time = times_[at_++];
    if (time < rule_.first) continue;
    const bool after_end = rule_.until && !rule_.until_is_utc && time > *rule_.until;
    over_ = after_end || (rule_.count && taken_++ == *rule_.count);
    if (!over_ && time >= from_) return time;
  }
  return std::nullopt;
}

void RecurrenceWalk::fill() {
  const Days range = period(rule_, period_++);
  over_ = range.first > end_;
  if (over_) return;
  times_.clear();
  at_ = 0;
  add_days(range.first, range.end);
  if (!rule_.positions.empty()) choose_positions();
}

void RecurrenceWalk::add_days(sys_days first, sys_days end) {
  for (sys_days day = first; day < end; day += days(1)) {
    const year_month_day date(day);
    if (rule_.months.any() && !rule_.months[static_cast<unsigned>(date.month())]) {
      // On to the last day of the month, of which there may be many in a year.
      day = month_start(date.year() / date.month() + months(1)) - days(1);
      continue;
    }
    if (!rule_.fits(date)) continue;
    for (const int minute : rule_.day_minutes) times_.push_back(midnight(day) + std::chrono::minutes(minute));
  }
}

void RecurrenceWalk::choose_positions() {
  const auto size = static_cast<std::int64_t>(times_.size());
  std::vector<WallTime> chosen;
  for (const int position : rule_.positions) {
    const std::int64_t index = position > 0 ? position - 1 : size + position;
    if (index >= 0 && index < size) chosen.push_back(times_[static_cast<std::size_t>(index)]);
  }
  std::ranges::sort(chosen);
  chosen.erase(std::ranges::unique(chosen).begin(), chosen.end());
  times_ = std::move(chosen);
}

std::optional<Crowding> too_close(const Recurrence& rule, Duration duration) {
  RecurrenceWalk walk(rule, rule.first);
  std::optional<WallTime> previous;
  for (int compared = 0; compared < kMostCompared; ++compared) {
    const auto time = walk.next();
    if (!time) break;
    if (previous && *time - *previous < duration) return Crowding{*previous, *time};
    if (*time - rule.first > kCycle) break;
    previous = time;
  }
  return std::nullopt;
}

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/window_times.h"

#include <fmt/format.h>

#include <algorithm>

namespace firmform::schedule {
namespace {

using manifest::Cron;
using manifest::Recurrence;
using std::chrono::days;
using std::chrono::sys_days;

sys_days day_of(WallTime time) {
  return sys_days(std::chrono::floor<days>(time).time_since_epoch());
}

WallTime midnight(sys_days day) {
  return WallTime(Duration(day.time_since_epoch()));
}

/// From where to look for times that become `earliest` or later: a day before, since `earliest` may be the end of a gap
/// that skips the end of a day, or even a whole one (a change of the date line).
sys_days first_day(UtcTime earliest, const TimeZone& zone) {
  return day_of(zone.wall(earliest)) - days(1);
}

/// The first time of that day at which it fires no earlier than `earliest`. Times of a day are in order, also after
/// they became instants, so the first that is late enough is the answer.
std::optional<UtcTime> first_on(sys_days day, const Cron& cron, const TimeZone& zone, UtcTime earliest) {
  for (std::size_t hour = 0; hour < cron.hours.size(); ++hour) {
    if (!cron.hours[hour]) continue;
    for (std::size_t minute = 0; minute < cron.minutes.size(); ++minute) {
      if (!cron.minutes[minute]) continue;
      const UtcTime time = zone.utc(midnight(day) + std::chrono::hours(hour) + std::chrono::minutes(minute));
      if (time >= earliest) return time;
    }
  }
  return std::nullopt;
}

std::optional<UtcTime> first_from(UtcTime earliest, const Cron& cron, const TimeZone& zone) {
  const sys_days first = first_day(earliest, zone);
  for (sys_days day = first; day < first + manifest::kScheduleHorizon; day += days(1)) {
    if (!cron.fires_on(day)) continue;
    if (const auto time = first_on(day, cron, zone, earliest)) return time;
  }
  return std::nullopt;
}

std::optional<UtcTime> first_from(UtcTime earliest, const Recurrence& rule, const TimeZone& zone) {
  manifest::RecurrenceWalk walk(rule, midnight(first_day(earliest, zone)));
  while (const auto wall = walk.next()) {
    const UtcTime time = zone.utc(*wall);
    if (rule.until && rule.until_is_utc && time.time_since_epoch() > rule.until->time_since_epoch()) break;
    if (time >= earliest) return time;
  }
  return std::nullopt;
}

Result<std::variant<Cron, Recurrence>> rule_of(const manifest::Window& window) {
  if (window.recurrence.empty()) {
    const auto cron = manifest::parse_cron(window.schedule);
    if (!cron) return fail(Code::invalid_value, fmt::format("`{}` is not a schedule", window.schedule));
    return *cron;
  }
  const auto first = manifest::parse_wall_time(window.first);
  if (!first) return fail(Code::invalid_value, fmt::format("`{}` is not the time of a first window", window.first));
  auto rule = manifest::parse_recurrence(window.recurrence, *first);
  if (!rule) return fail(std::move(rule.error()));
  return *std::move(rule);
}

}  // namespace

Result<WindowTimes> WindowTimes::of(const manifest::Window& window) {
  if (window.absent) return WindowTimes(Never{});
  if (window.schedule.empty() && window.recurrence.empty()) return WindowTimes(Occurrence{window.start, window.end});
  auto rule = rule_of(window);
  if (!rule) return fail(std::move(rule.error()));
  const auto zone = TimeZone::find(window.time_zone);
  if (!zone) {
    return fail(Code::invalid_value, fmt::format("time zone `{}` is not known to this machine", window.time_zone));
  }
  return WindowTimes(Again{*std::move(rule), *zone, window.duration});
}

std::optional<Occurrence> WindowTimes::next(UtcTime now, Duration least) const {
  least = std::max(least, Duration(1));  // a window that closes just now is over
  if (const auto* once = std::get_if<Occurrence>(&kind_)) {
    return once->end - std::max(once->start, now) >= least ? std::optional(*once) : std::nullopt;
  }
  const auto* again = std::get_if<Again>(&kind_);
  if (again == nullptr || again->duration < least) return std::nullopt;
  // Enough is left exactly if it does not start before this.
  const UtcTime earliest = now + least - again->duration;
  const auto start = std::visit([&](const auto& rule) { return first_from(earliest, rule, again->zone); }, again->rule);
  return start ? std::optional(Occurrence{*start, *start + again->duration}) : std::nullopt;
}

}  // namespace firmform::schedule

// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/occurrence.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/time_zone.h"
#include "engine/manifest/cron.h"

namespace firmform::schedule {
namespace {

using namespace std::chrono_literals;
using manifest::Cron;
using std::chrono::days;
using std::chrono::sys_days;

/// February 29 on one weekday comes again after 40 years at most (over 2100); what is rarer never comes.
constexpr days kHorizon{41 * 366};

sys_days day_of(WallTime time) {
  return sys_days(std::chrono::floor<days>(time).time_since_epoch());
}

/// The first time of that day at which it fires no earlier than `earliest`. Times of a day are in order, also after
/// they became instants, so the first that is late enough is the answer.
std::optional<UtcTime> first_on(sys_days day, const Cron& cron, const TimeZone& zone, UtcTime earliest) {
  const WallTime midnight(Duration(day.time_since_epoch()));
  for (std::size_t hour = 0; hour < cron.hours.size(); ++hour) {
    if (!cron.hours[hour]) continue;
    for (std::size_t minute = 0; minute < cron.minutes.size(); ++minute) {
      if (!cron.minutes[minute]) continue;
      const UtcTime time = zone.utc(midnight + std::chrono::hours(hour) + std::chrono::minutes(minute));
      if (time >= earliest) return time;
    }
  }
  return std::nullopt;
}

std::optional<UtcTime> first_from(UtcTime earliest, const Cron& cron, const TimeZone& zone) {
  // A day before: `earliest` may be the end of a gap that skips the end of a day, or even a whole one (a change of the
  // date line).
  const sys_days first = day_of(zone.wall(earliest)) - days(1);
  for (sys_days day = first; day < first + kHorizon; day += days(1)) {
    if (!cron.fires_on(day)) continue;
    if (const auto time = first_on(day, cron, zone, earliest)) return time;
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<Occurrence>> next_occurrence(const manifest::Window& window, UtcTime now, Duration least) {
  least = std::max(least, Duration(1));  // a window that closes just now is over
  if (window.absent) return std::nullopt;
  if (window.schedule.empty()) {
    const bool enough = window.end - std::max(window.start, now) >= least;
    return enough ? std::optional(Occurrence{window.start, window.end}) : std::nullopt;
  }
  const auto cron = manifest::parse_cron(window.schedule);
  if (!cron) return fail(Code::invalid_value, fmt::format("`{}` is not a schedule", window.schedule));
  const auto zone = TimeZone::find(window.time_zone);
  if (!zone) {
    return fail(Code::invalid_value, fmt::format("time zone `{}` is not known to this machine", window.time_zone));
  }
  if (window.duration < least) return std::nullopt;
  // Enough is left exactly if it does not start before this.
  const auto start = first_from(now + least - window.duration, *cron, *zone);
  if (!start) return std::nullopt;
  return Occurrence{*start, *start + window.duration};
}

}  // namespace firmform::schedule

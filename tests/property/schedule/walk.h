// SPDX-License-Identifier: Apache-2.0
// A walk over every minute, which knows of time zones only what their clocks show.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <optional>
#include <string>

#include "engine/base/time_text.h"
#include "engine/base/time_zone.h"
#include "engine/schedule/occurrence.h"

namespace firmform::tests {

/// How far a walk goes.
inline constexpr std::chrono::days kWalk{12};

/// Whether a window opens at `time`: clocks show a fitting minute for the first time, or jump over one.
template <class Fires>
bool opens_at(UtcTime time, const Fires& fires, const TimeZone& zone, WallTime& latest_shown) {
  const WallTime shown = zone.wall(time);
  bool opens = false;
  for (WallTime minute = latest_shown + std::chrono::minutes(1); minute <= shown; minute += std::chrono::minutes(1)) {
    opens = opens || fires(minute);
  }
  latest_shown = std::max(latest_shown, shown);
  return opens;
}

/// What next_occurrence() should find for a window that opens at the minutes for which `fires` is true.
template <class Fires>
std::optional<schedule::Occurrence> walked(const Fires& fires, const manifest::Window& window, UtcTime now,
                                           Duration least) {
  const TimeZone zone = TimeZone::find(window.time_zone).value();
  UtcTime time = std::chrono::floor<std::chrono::minutes>(now - window.duration) - std::chrono::days(2);
  WallTime latest_shown = zone.wall(time);
  for (; time < now + kWalk; time += std::chrono::minutes(1)) {
    if (!opens_at(time, fires, zone, latest_shown)) continue;
    if (time + window.duration - std::max(time, now) >= least) {
      return schedule::Occurrence{time, time + window.duration};
    }
  }
  return std::nullopt;
}

/// Half of them within two days of a change of clocks somewhere.
inline UtcTime any_time() {
  if (*rc::gen::arbitrary<bool>()) {
    return UtcTime(std::chrono::seconds(*rc::gen::inRange<std::int64_t>(1'500'000'000, 2'050'000'000)));
  }
  const auto change = *rc::gen::element<std::string>(
      "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z",
      "2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z", "2028-02-29T00:00:00Z", "2026-12-31T23:00:00Z");
  return parse_rfc3339(change).value() + std::chrono::seconds(*rc::gen::inRange(-172'800, 172'800));
}

inline std::string any_zone() {
  return *rc::gen::element<std::string>("Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
                                        "UTC");
}

/// From a second to all of it.
inline Duration any_part_of(Duration whole) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(whole).count();
  return std::chrono::seconds(*rc::gen::inRange<std::int64_t>(1, 1 + seconds));
}

}  // namespace firmform::tests

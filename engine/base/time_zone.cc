// SPDX-License-Identifier: Apache-2.0
#include "engine/base/time_zone.h"

#include <date/tz.h>

#include <stdexcept>

namespace firmform {

std::optional<TimeZone> TimeZone::find(std::string_view name) {
  if (name.empty() || name == "UTC") return TimeZone(nullptr);
  try {
    return TimeZone(date::locate_zone(name));
  } catch (const std::runtime_error&) {  // no such zone, or no database
    return std::nullopt;
  }
}

WallTime TimeZone::wall(UtcTime time) const {
  const Duration offset = zone_ == nullptr ? Duration::zero() : Duration(zone_->get_info(time).offset);
  return WallTime(time.time_since_epoch() + offset);
}

UtcTime TimeZone::utc(WallTime time) const {
  const Duration shown = time.time_since_epoch();
  if (zone_ == nullptr) return UtcTime(shown);
  const date::local_info info = zone_->get_info(date::local_time<Duration>(shown));
  if (info.result == date::local_info::nonexistent) return UtcTime(info.first.end.time_since_epoch());
  return UtcTime(shown - info.first.offset);
}

std::vector<std::string> time_zone_names() {
  std::vector<std::string> names;
  try {
    for (const date::time_zone& zone : date::get_tzdb().zones) names.push_back(zone.name());
  } catch (const std::runtime_error&) {
    names.clear();  // no database
  }
  return names;
}

}  // namespace firmform

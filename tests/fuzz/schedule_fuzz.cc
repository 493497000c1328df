// SPDX-License-Identifier: Apache-2.0
// Any text as a schedule: a window opens again exactly if its schedule ever fires, and never in the past. Any text as a
// recurrence: the same, and times come in order.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/manifest/cron.h"
#include "engine/manifest/recurrence.h"
#include "engine/schedule/occurrence.h"
#include "tests/fuzz/require.h"

using firmform::UtcTime;
namespace manifest = firmform::manifest;

namespace {

void try_recurrence(const std::string& text, const manifest::Window& like) {
  manifest::Window window = like;
  window.schedule.clear();
  window.recurrence = text;
  window.first = "2026-11-14T22:00";
  const auto rule = manifest::parse_recurrence(text, manifest::parse_wall_time(window.first).value());
  if (!rule) return;
  manifest::RecurrenceWalk walk(*rule, rule->first);
  auto previous = walk.next();
  const bool ever = previous.has_value();
  for (int i = 0; i < 20 && previous; ++i) {
    const auto next = walk.next();
    if (next) firmform::fuzz::require(*previous < *next);
    previous = next;
  }
  const UtcTime before = std::chrono::sys_days(std::chrono::year(2026) / 11 / 1);
  const auto found = firmform::schedule::next_occurrence(window, before, window.duration);
  firmform::fuzz::require(found.has_value());
  // An end in UTC can lie before the first time, whatever clocks show.
  if (!rule->until_is_utc) firmform::fuzz::require(found->has_value() == ever);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  manifest::Window window;
  window.schedule = std::string(reinterpret_cast<const char*>(data), size);
  window.duration = std::chrono::hours(1);
  window.time_zone = size % 2 == 0 ? "UTC" : "Australia/Lord_Howe";
  try_recurrence(window.schedule, window);
  const auto cron = manifest::parse_cron(window.schedule);
  if (!cron) return 0;
  const UtcTime now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);
  const auto found = firmform::schedule::next_occurrence(window, now, window.duration);
  firmform::fuzz::require(found.has_value());
  firmform::fuzz::require(found->has_value() == manifest::shortest_period(*cron).has_value());
  if (*found) firmform::fuzz::require((*found)->start >= now);
  return 0;
}

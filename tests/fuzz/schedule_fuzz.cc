// SPDX-License-Identifier: Apache-2.0
// Any text as a schedule: a window opens again exactly if its schedule ever fires, and never in the past.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/manifest/cron.h"
#include "engine/schedule/occurrence.h"
#include "tests/fuzz/require.h"

using firmform::UtcTime;
namespace manifest = firmform::manifest;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  manifest::Window window;
  window.schedule = std::string(reinterpret_cast<const char*>(data), size);
  window.duration = std::chrono::hours(1);
  window.time_zone = size % 2 == 0 ? "UTC" : "Australia/Lord_Howe";
  const auto cron = manifest::parse_cron(window.schedule);
  if (!cron) return 0;
  const UtcTime now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);
  const auto found = firmform::schedule::next_occurrence(window, now, window.duration);
  firmform::fuzz::require(found.has_value());
  firmform::fuzz::require(found->has_value() == manifest::shortest_period(*cron).has_value());
  if (*found) firmform::fuzz::require((*found)->start >= now);
  return 0;
}

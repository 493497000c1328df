// SPDX-License-Identifier: Apache-2.0
// Openings against the plain way: all occurrences of a window, less all occurrences of freeze periods.
#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <memory>

#include "engine/schedule/opening.h"
#include "walk.h"

using namespace firmform;
using namespace firmform::schedule;
using namespace firmform::tests;
using namespace std::chrono_literals;
using std::chrono::days;

namespace {

constexpr days kSpan{40};

/// Once, by cron, or by recurrence, somewhere around `now`.
manifest::Window any_window(UtcTime now, Duration longest) {
  manifest::Window window;
  const auto most = std::chrono::duration_cast<std::chrono::minutes>(longest).count();
  window.duration = std::chrono::minutes(*rc::gen::inRange<std::int64_t>(1, most));
  window.time_zone = any_zone();
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      window.start = now + std::chrono::minutes(*rc::gen::inRange(-4000, 20'000));
      window.end = window.start + window.duration;
      break;
    case 1:
      window.schedule = *rc::gen::element<std::string>("0 22 * * SAT", "30 2 * * *", "0 */6 * * *", "15 1 1,15 * *");
      break;
    default:
      window.recurrence = *rc::gen::element<std::string>("FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=TU,TH",
                                                         "FREQ=MONTHLY;BYDAY=2SA,-1SU", "FREQ=DAILY;COUNT=900");
      window.first = "2016-11-14T02:30";
      break;
  }
  return window;
}

std::vector<Occurrence> all_of(const manifest::Window& window, UtcTime from, UtcTime end) {
  std::vector<Occurrence> result;
  UtcTime time = from;
  while (const auto next = next_occurrence(window, time, 1ms).value()) {
    if (next->start >= end) break;
    result.push_back(*next);
    // The next one may begin while this one is open.
    time = std::max(time + 1ms, next->end);
  }
  return result;
}

std::vector<Occurrence> less(const std::vector<Occurrence>& pieces, const Occurrence& hole) {
  std::vector<Occurrence> result;
  for (const Occurrence& piece : pieces) {
    if (piece.start < hole.start) result.push_back({piece.start, std::min(piece.end, hole.start)});
    if (piece.end > hole.end) result.push_back({std::max(piece.start, hole.end), piece.end});
    if (result.empty()) continue;
    if (result.back().start >= result.back().end) result.pop_back();
  }
  return result;
}

struct Fleet {
  std::vector<manifest::FreezePeriod> periods;
  [[nodiscard]] std::vector<const manifest::FreezePeriod*> pointers() const {
    std::vector<const manifest::FreezePeriod*> result;
    for (const manifest::FreezePeriod& period : periods) result.push_back(&period);
    return result;
  }
};

Fleet any_freezes(UtcTime now) {
  Fleet fleet;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) fleet.periods.push_back({.when = any_window(now, 20h)});
  return fleet;
}

}  // namespace

TEST_CASE("the next opening is the first piece that freeze periods leave") {
  rc::prop("for any window, freeze periods and time", [] {
    const UtcTime now = std::chrono::floor<std::chrono::minutes>(any_time());
    const bool any_hour = *rc::gen::inRange(0, 4) == 0;
    // Shorter than the schedules' periods: windows that overlap themselves are refused before.
    const manifest::Window window = any_window(now, 6h);
    const Fleet fleet = any_freezes(now);
    const auto freezes = fleet.pointers();
    const Duration least = any_part_of(any_hour ? Duration(6h) : window.duration);

    const UtcTime end = now + kSpan;
    std::vector<Occurrence> pieces =
        any_hour ? std::vector<Occurrence>{{now, UtcTime::max()}} : all_of(window, now, end);
    for (const manifest::FreezePeriod& period : fleet.periods) {
      for (const Occurrence& hole : all_of(period.when, now - days(2), end)) pieces = less(pieces, hole);
    }
    const auto enough = [&](const Occurrence& piece) { return piece.end - std::max(piece.start, now) >= least; };
    const auto expected = std::ranges::find_if(pieces, enough);

    const auto found = next_opening(any_hour ? nullptr : &window, freezes, now, least).value();
    RC_LOG() << "from " << to_rfc3339(now) << ", at least " << to_text(least) << '\n';
    RC_TAG(found.has_value());
    if (found) {
      RC_ASSERT(enough(*found));
      RC_ASSERT(!frozen_at(freezes, found->start).value());
      if (!any_hour) {
        const auto whole = next_occurrence(window, std::max(now, found->start), 1ms).value();
        RC_ASSERT(whole.has_value());
        RC_ASSERT(whole->start <= found->start);
        RC_ASSERT(found->end <= whole->end);
      }
      if (found->end != UtcTime::max()) RC_ASSERT(!frozen_at(freezes, found->end - 1ms).value());
    }
    // Near the end of the span the plain way does not see all holes.
    if (expected == pieces.end() || expected->start > end - days(3)) return;
    RC_ASSERT(found.has_value());
    RC_ASSERT(found->start == expected->start);
    if (expected->end < end - days(3)) RC_ASSERT(found->end == expected->end);
  });
}

TEST_CASE("a freeze period that is on ends when the next opening may begin") {
  rc::prop("at any time", [] {
    const UtcTime now = any_time();
    const Fleet fleet = any_freezes(now);
    const auto freezes = fleet.pointers();
    const auto frozen = frozen_at(freezes, now).value();
    const auto opening = next_opening(nullptr, freezes, now, 1ms).value();
    RC_TAG(frozen.has_value());
    if (!opening) {  // together they cover all
      RC_ASSERT(frozen.has_value());
      return;
    }
    if (!frozen) {
      RC_ASSERT(opening->start == now);
      return;
    }
    RC_ASSERT(frozen->end > now);
    RC_ASSERT(opening->start >= frozen->end);
  });
}

// SPDX-License-Identifier: Apache-2.0
// The search for the next occurrence against a walk over every minute, which knows of zones only what their clocks
// show.
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <set>

#include "engine/base/time_text.h"
#include "engine/schedule/occurrence.h"
#include "walk.h"

using namespace firmform;
using namespace firmform::schedule;
using namespace firmform::tests;
using namespace std::chrono_literals;

namespace {

/// A field of a schedule: a list of values, or all of them.
struct Field {
  std::set<int> values;
  bool all = false;
  [[nodiscard]] bool has(int value) const { return all || values.contains(value); }
  [[nodiscard]] std::string text() const { return all ? "*" : fmt::format("{}", fmt::join(values, ",")); }
};

/// `in`: one of so many fields is `*`.
Field any_field(int least, int end, std::size_t most, int in) {
  Field field;
  field.all = *rc::gen::inRange(0, in) == 0;
  const auto count = *rc::gen::inRange<std::size_t>(1, most + 1);
  while (field.values.size() < count) field.values.insert(*rc::gen::inRange(least, end));
  return field;
}

struct Schedule {
  Field minutes = any_field(0, 60, 3, 8);
  Field hours = any_field(0, 24, 4, 4);
  Field days = any_field(1, 32, 8, 2);
  Field months = any_field(1, 13, 8, 2);
  Field weekdays = any_field(0, 7, 4, 2);

  [[nodiscard]] std::string text() const {
    return fmt::format("{} {} {} {} {}", minutes.text(), hours.text(), days.text(), months.text(), weekdays.text());
  }

  [[nodiscard]] bool fires_at(WallTime time) const {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const auto minute = std::chrono::floor<std::chrono::minutes>(time - day).count();
    const bool day_fits = days.has(static_cast<int>(static_cast<unsigned>(date.day())));
    const bool weekday_fits = weekdays.has(static_cast<int>(std::chrono::weekday(day).c_encoding()));
    const bool date_fits = days.all || weekdays.all ? day_fits && weekday_fits : day_fits || weekday_fits;
    return minutes.has(static_cast<int>(minute % 60)) && hours.has(static_cast<int>(minute / 60)) &&
           months.has(static_cast<int>(static_cast<unsigned>(date.month()))) && date_fits;
  }
};

}  // namespace

TEST_CASE("the next occurrence is the one that a walk over every minute finds") {
  rc::prop("for any schedule, zone and time", [] {
    const Schedule schedule;
    manifest::Window window;
    window.schedule = schedule.text();
    window.duration = std::chrono::minutes(*rc::gen::inRange(1, 3 * 24 * 60));
    window.time_zone = any_zone();
    const UtcTime now = any_time();
    const Duration least = any_part_of(window.duration);
    RC_LOG() << window.schedule << ", " << window.time_zone << ", " << to_text(window.duration) << " from "
             << to_rfc3339(now) << ", at least " << to_text(least) << '\n';

    const auto found = next_occurrence(window, now, least).value();
    const auto expected = walked([&](WallTime time) { return schedule.fires_at(time); }, window, now, least);
    RC_TAG(expected.has_value());
    if (expected) RC_ASSERT(found == expected);
    if (!expected && found) RC_ASSERT(found->start >= now + kWalk);
    if (!found) return;
    RC_ASSERT(found->end - found->start == window.duration);
    RC_ASSERT(found->end - std::max(found->start, now) >= least);
  });
}

TEST_CASE("time goes on, and so do occurrences") {
  rc::prop("a later time never has an earlier occurrence", [] {
    manifest::Window window;
    window.schedule = Schedule().text();
    window.duration = std::chrono::minutes(*rc::gen::inRange(1, 24 * 60));
    window.time_zone = any_zone();
    const UtcTime now = any_time();
    const UtcTime later = now + std::chrono::minutes(*rc::gen::inRange(0, 4 * 24 * 60));
    const auto first = next_occurrence(window, now, 1min).value();
    const auto second = next_occurrence(window, later, 1min).value();
    if (first && second) RC_ASSERT(first->start <= second->start);
    RC_ASSERT(first.has_value() == second.has_value());
  });
}

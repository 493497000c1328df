// SPDX-License-Identifier: Apache-2.0
// Recurrences against a walk over every minute that judges each by itself.
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <rapidcheck/catch.h>

#include <array>
#include <set>

#include "engine/manifest/recurrence.h"
#include "engine/schedule/occurrence.h"
#include "walk.h"

using namespace firmform;
using namespace firmform::schedule;
using namespace firmform::tests;
using std::chrono::days;
using std::chrono::sys_days;

namespace {

constexpr std::array<const char*, 7> kDays = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

std::set<int> some_of(int least, int end, std::size_t most) {
  std::set<int> values;
  const auto count = *rc::gen::inRange<std::size_t>(1, most + 1);
  while (values.size() < count) values.insert(*rc::gen::inRange(least, end));
  return values;
}

sys_days day_of(WallTime time) {
  return sys_days(std::chrono::floor<days>(time).time_since_epoch());
}

/// A rule, and by itself whether a minute is one of its times. Empty sets: not given.
struct Rule {
  bool by_week = *rc::gen::arbitrary<bool>();
  int interval = *rc::gen::inRange(1, 4);
  std::set<int> weekdays = *rc::gen::arbitrary<bool>() ? some_of(0, 7, 4) : std::set<int>{};
  std::set<int> months = *rc::gen::inRange(0, 3) == 0 ? some_of(1, 13, 9) : std::set<int>{};
  std::set<int> month_days = by_week || *rc::gen::arbitrary<bool>() ? std::set<int>{} : some_of(1, 32, 20);
  std::set<int> hours = some_of(0, 24, 3);
  std::set<int> minutes = some_of(0, 60, 2);
  int week_start = *rc::gen::inRange(0, 7);
  WallTime first{};

  [[nodiscard]] std::string text() const {
    std::string text =
        fmt::format("FREQ={};INTERVAL={};BYHOUR={};BYMINUTE={};WKST={}", by_week ? "WEEKLY" : "DAILY", interval,
                    fmt::join(hours, ","), fmt::join(minutes, ","), kDays[static_cast<std::size_t>(week_start)]);
    if (!weekdays.empty()) {
      std::vector<const char*> names;
      for (const int day : weekdays) names.push_back(kDays[static_cast<std::size_t>(day)]);
      text += fmt::format(";BYDAY={}", fmt::join(names, ","));
    }
    if (!months.empty()) text += fmt::format(";BYMONTH={}", fmt::join(months, ","));
    if (!month_days.empty()) text += fmt::format(";BYMONTHDAY={}", fmt::join(month_days, ","));
    return text;
  }

  [[nodiscard]] sys_days week_of(sys_days day) const {
    while (static_cast<int>(std::chrono::weekday(day).c_encoding()) != week_start) day -= days(1);
    return day;
  }

  [[nodiscard]] bool fires_at(WallTime time) const {
    if (time < first) return false;
    const sys_days day = day_of(time);
    const std::chrono::year_month_day date(day);
    const auto minute =
        static_cast<int>(std::chrono::floor<std::chrono::minutes>(time - std::chrono::floor<days>(time)).count());
    const auto weekday = static_cast<int>(std::chrono::weekday(day).c_encoding());
    const auto first_weekday = static_cast<int>(std::chrono::weekday(day_of(first)).c_encoding());
    const auto has = [](const std::set<int>& values, int value) { return values.empty() || values.contains(value); };
    const bool weekday_fits = weekdays.empty() && by_week ? weekday == first_weekday : has(weekdays, weekday);
    const auto distance = by_week ? (week_of(day) - week_of(day_of(first))).count() / 7 : (day - day_of(first)).count();
    return weekday_fits && distance % interval == 0 && has(months, static_cast<int>(unsigned(date.month()))) &&
           has(month_days, static_cast<int>(unsigned(date.day()))) && has(hours, minute / 60) &&
           has(minutes, minute % 60);
  }
};

}  // namespace

TEST_CASE("the next time of a recurrence is the one that a walk over every minute finds") {
  rc::prop("for any rule, zone and time", [] {
    Rule rule;
    const UtcTime now = any_time();
    manifest::Window window;
    window.time_zone = any_zone();
    window.duration = std::chrono::minutes(*rc::gen::inRange(1, 24 * 60));
    // Years before, or days after.
    const auto hours = *rc::gen::inRange(-3 * 365 * 24, 10 * 24);
    rule.first = std::chrono::floor<std::chrono::minutes>(TimeZone::find(window.time_zone)->wall(now)) +
                 std::chrono::hours(hours);
    window.recurrence = rule.text();
    window.first = manifest::to_wall_text(rule.first);
    const Duration least = any_part_of(window.duration);
    RC_LOG() << window.recurrence << " from " << window.first << ", " << window.time_zone << ", "
             << to_text(window.duration) << " from " << to_rfc3339(now) << ", at least " << to_text(least) << '\n';

    const auto found = next_occurrence(window, now, least).value();
    const auto expected = walked([&](WallTime time) { return rule.fires_at(time); }, window, now, least);
    RC_TAG(expected.has_value());
    if (expected) RC_ASSERT(found == expected);
    if (!expected && found) RC_ASSERT(found->start >= now + kWalk);
  });
}

TEST_CASE("a walk that starts later gives the same times from there on") {
  rc::prop("for any rule with ordinals, positions, counts and ends", [] {
    const auto part = [](std::initializer_list<std::string> choices) {
      return *rc::gen::elementOf(std::vector(choices));
    };
    const std::string text =
        part({"FREQ=MONTHLY;BYDAY=2SA", "FREQ=MONTHLY;BYMONTHDAY=-1,13", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
              "FREQ=YEARLY;BYDAY=20MO,-1FR", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=WEEKLY;BYDAY=SA,SU",
              "FREQ=YEARLY;BYMONTH=1,6;BYDAY=1MO;BYHOUR=3,5;BYSETPOS=1,-1"}) +
        part({"", ";INTERVAL=2", ";INTERVAL=3"}) + part({"", ";COUNT=7", ";UNTIL=20310101T000000"});
    const WallTime first = manifest::parse_wall_time("2026-11-14T22:00").value();
    const auto rule = manifest::parse_recurrence(text, first).value();
    const WallTime from = first + days(*rc::gen::inRange(-100, 3000));
    manifest::RecurrenceWalk all(rule, first);
    manifest::RecurrenceWalk later(rule, from);
    RC_LOG() << text << '\n';
    auto time = all.next();
    while (time && *time < from) time = all.next();
    for (int i = 0; i < 20 && time; ++i) {
      RC_ASSERT(later.next() == time);
      time = all.next();
    }
  });
}

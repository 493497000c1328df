// SPDX-License-Identifier: Apache-2.0
// Windows that come again by a recurrence rule, in zones whose clocks change.
#include <catch2/catch.hpp>

#include "engine/base/time_text.h"
#include "engine/schedule/occurrence.h"

using namespace firmform;
using namespace firmform::schedule;
using namespace std::chrono_literals;

namespace {

struct Rule {
  std::string text;
  std::string first;
  std::string zone;
  Duration duration = 4h;
};

manifest::Window window_of(const Rule& rule) {
  manifest::Window window;
  window.recurrence = rule.text;
  window.first = rule.first;
  window.time_zone = rule.zone;
  window.duration = rule.duration;
  return window;
}

/// Starts of the first `count` occurrences after `now`, in UTC, or "never" after the last.
std::vector<std::string> starts(const Rule& rule, std::string_view now, int count) {
  std::vector<std::string> result;
  UtcTime time = parse_rfc3339(now).value();
  for (int i = 0; i < count; ++i) {
    const auto next = next_occurrence(window_of(rule), time, 1ms).value();
    if (!next) {
      result.emplace_back("never");
      break;
    }
    result.push_back(to_rfc3339(next->start));
    time = next->end;
  }
  return result;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("patch night: the second Saturday of each month, at the same time by the clock on the wall") {
  CHECK(starts({"FREQ=MONTHLY;BYDAY=2SA", "2026-01-10T22:00", "Europe/Paris"}, "2026-02-16T00:00:00Z", 3) ==
        Texts{"2026-03-14T21:00:00Z", "2026-04-11T20:00:00Z", "2026-05-09T20:00:00Z"});
}

TEST_CASE("a recurrence takes what it leaves open from its first time") {
  const std::string now = "2026-01-01T00:00:00Z";
  CHECK(starts({"FREQ=WEEKLY", "2026-01-07T03:30", ""}, now, 2) ==
        Texts{"2026-01-07T03:30:00Z", "2026-01-14T03:30:00Z"});
  CHECK(starts({"FREQ=MONTHLY", "2026-01-31T03:30", ""}, now, 2) ==
        Texts{"2026-01-31T03:30:00Z", "2026-03-31T03:30:00Z"});
  CHECK(starts({"FREQ=YEARLY", "2024-02-29T00:00", ""}, now, 2) ==
        Texts{"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"});
  CHECK(starts({"FREQ=YEARLY;BYMONTH=5", "2026-01-31T00:00", ""}, now, 1) == Texts{"2026-05-31T00:00:00Z"});
}

TEST_CASE("a time that daylight saving skips or repeats opens once") {
  const Rule rule{"FREQ=DAILY", "2026-01-01T02:30", "Europe/Paris", 1h};
  CHECK(starts(rule, "2026-03-28T12:00:00Z", 2) == Texts{"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"});
  CHECK(starts(rule, "2026-10-24T12:00:00Z", 2) == Texts{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"});
}

TEST_CASE("a recurrence ends by number or by date, and the last time counts") {
  const std::string now = "2026-11-01T00:00:00Z";
  CHECK(starts({"FREQ=DAILY;COUNT=2", "2026-10-31T22:00", ""}, now, 3) ==
        Texts{"2026-10-31T22:00:00Z", "2026-11-01T22:00:00Z", "never"});
  CHECK(starts({"FREQ=DAILY;UNTIL=20261102T220000", "2026-11-01T22:00", "Europe/Paris"}, now, 3) ==
        Texts{"2026-11-01T21:00:00Z", "2026-11-02T21:00:00Z", "never"});
  CHECK(starts({"FREQ=DAILY;UNTIL=20261102T210000Z", "2026-11-01T22:00", "Europe/Paris"}, now, 3) ==
        Texts{"2026-11-01T21:00:00Z", "2026-11-02T21:00:00Z", "never"});
  CHECK(starts({"FREQ=DAILY;UNTIL=20261102T205959Z", "2026-11-01T22:00", "Europe/Paris"}, now, 3) ==
        Texts{"2026-11-01T21:00:00Z", "never"});
}

TEST_CASE("every other week counts from the week of the first time") {
  CHECK(starts({"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO", "1997-08-05T09:00", ""}, "1997-08-01T00:00:00Z", 4) ==
        Texts{"1997-08-05T09:00:00Z", "1997-08-10T09:00:00Z", "1997-08-19T09:00:00Z", "1997-08-24T09:00:00Z"});
  CHECK(starts({"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "1997-08-05T09:00", ""}, "1997-08-01T00:00:00Z", 4) ==
        Texts{"1997-08-05T09:00:00Z", "1997-08-17T09:00:00Z", "1997-08-19T09:00:00Z", "1997-08-31T09:00:00Z"});
}

TEST_CASE("the last working day of a month") {
  CHECK(starts({"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-01T22:00", ""}, "2026-01-01T00:00:00Z", 3) ==
        Texts{"2026-01-30T22:00:00Z", "2026-02-27T22:00:00Z", "2026-03-31T22:00:00Z"});
}

TEST_CASE("a recurrence that cannot be read is an error, and one without a date is never") {
  const UtcTime now = parse_rfc3339("2026-11-21T00:00:00Z").value();
  CHECK(next_occurrence(window_of({"FREQ=HOURLY", "2026-01-01T00:00", ""}), now, 0ms).error().code() ==
        Code::invalid_value);
  CHECK(next_occurrence(window_of({"FREQ=DAILY", "noon", ""}), now, 0ms).error().code() == Code::invalid_value);
  CHECK(next_occurrence(window_of({"FREQ=DAILY", "2026-01-01T00:00", "Europe/Atlantis"}), now, 0ms).error().code() ==
        Code::invalid_value);
  CHECK(starts({"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01T00:00", ""}, "2026-01-01T00:00:00Z", 1) ==
        Texts{"never"});
}

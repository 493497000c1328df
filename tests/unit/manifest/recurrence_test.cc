// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/recurrence.h"

#include <catch2/catch.hpp>

using namespace firmform;
using namespace firmform::manifest;
using namespace std::chrono_literals;

namespace {

const WallTime kFirst = parse_wall_time("2026-11-14T22:00").value();

std::string problem_of(std::string_view rule) {
  const auto result = parse_recurrence(rule, kFirst);
  return result ? "" : result.error().message();
}

std::string help_of(std::string_view rule) {
  const auto result = parse_recurrence(rule, kFirst);
  return result || result.error().help().empty() ? "" : result.error().help().front();
}

}  // namespace

TEST_CASE("a recurrence is read in any case and order of its parts") {
  const auto rule = parse_recurrence("byday=-1su,2SA;wkst=SU;Interval=3;FREQ=monthly;byhour=3,1;BYMINUTE=30", kFirst);
  REQUIRE(rule);
  CHECK(rule->frequency == Recurrence::Frequency::monthly);
  CHECK(rule->interval == 3);
  REQUIRE(rule->weekdays.size() == 2);
  CHECK(rule->weekdays[0].day == std::chrono::Sunday);
  CHECK(rule->weekdays[0].ordinal == -1);
  CHECK(rule->weekdays[1].ordinal == 2);
  CHECK(rule->week_start == std::chrono::Sunday);
  CHECK(rule->day_minutes == std::vector{90, 210});
}

TEST_CASE("what a recurrence cannot have is refused by name, with what to write instead") {
  CHECK(problem_of("FREQ=HOURLY") == "FREQ cannot be `HOURLY`");
  CHECK(help_of("FREQ=HOURLY").find("BYHOUR") != std::string::npos);
  CHECK(problem_of("FREQ=FORTNIGHTLY") == "FREQ cannot be `FORTNIGHTLY`");
  CHECK(problem_of("BYDAY=SA") == "a recurrence needs FREQ");
  CHECK(problem_of("RRULE:FREQ=DAILY") == "RRULE is not known in a recurrence");
  CHECK(help_of("FREQ=DAILY;DTSTART=20261114T220000").find("first:") != std::string::npos);
  CHECK(help_of("FREQ=YEARLY;BYYEARDAY=100").find("BYMONTHDAY") != std::string::npos);
  CHECK(help_of("FREQ=YEARLY;BYWEEKNO=7").find("BYDAY") != std::string::npos);
  CHECK(help_of("FREQ=DAILY;BYSECOND=30").find("full minutes") != std::string::npos);
  CHECK(help_of("FREQ=DAILY;RSCALE=HEBREW").find("INTERVAL") != std::string::npos);
}

TEST_CASE("values of a recurrence that are out of bounds or place are refused") {
  for (const char* rule : {"FREQ=DAILY;FREQ=DAILY",
                           "FREQ=",
                           "FREQ",
                           "",
                           "FREQ=DAILY;",
                           "FREQ=DAILY;INTERVAL=0",
                           "FREQ=DAILY;INTERVAL=1,2x",
                           "FREQ=DAILY;COUNT=0",
                           "FREQ=DAILY;COUNT=-1",
                           "FREQ=DAILY;COUNT=2;UNTIL=20271231T235959",
                           "FREQ=DAILY;UNTIL=20271231",
                           "FREQ=DAILY;UNTIL=20270230T000000",
                           "FREQ=DAILY;UNTIL=20271231T236000",
                           "FREQ=DAILY;UNTIL=20271231T235960",
                           "FREQ=DAILY;UNTIL=20271231T2359-1",
                           "FREQ=DAILY;BYHOUR=24",
                           "FREQ=DAILY;BYHOUR=-1",
                           "FREQ=DAILY;BYMINUTE=60",
                           "FREQ=DAILY;BYMONTH=13",
                           "FREQ=DAILY;BYMONTH=-1",
                           "FREQ=MONTHLY;BYMONTHDAY=0",
                           "FREQ=MONTHLY;BYMONTHDAY=32",
                           "FREQ=WEEKLY;BYMONTHDAY=1",
                           "FREQ=WEEKLY;BYDAY=2SA",
                           "FREQ=DAILY;BYDAY=1MO",
                           "FREQ=MONTHLY;BYDAY=6SA",
                           "FREQ=MONTHLY;BYDAY=0SA",
                           "FREQ=MONTHLY;BYDAY=XX",
                           "FREQ=MONTHLY;BYDAY=+-2SA",
                           "FREQ=YEARLY;BYDAY=54MO",
                           "FREQ=YEARLY;BYMONTH=1;BYDAY=6MO",
                           "FREQ=MONTHLY;BYDAY=",
                           "FREQ=MONTHLY;BYDAY=SA,",
                           "FREQ=MONTHLY;BYSETPOS=1",
                           "FREQ=MONTHLY;BYDAY=SA;BYSETPOS=0",
                           "FREQ=WEEKLY;WKST=X",
                           "FREQ=WEEKLY;WKST=99MO"}) {
    CAPTURE(rule);
    CHECK_FALSE(problem_of(rule).empty());
    CHECK_FALSE(help_of(rule).empty());
  }
}

TEST_CASE("a time on the wall has a date that exists and no zone") {
  CHECK(to_wall_text(parse_wall_time("2026-11-14T22:05").value()) == "2026-11-14T22:05");
  CHECK(parse_wall_time("2026-11-14T22:05:00") == parse_wall_time("2026-11-14T22:05"));
  CHECK(parse_wall_time("2028-02-29T00:00"));
  for (const char* text :
       {"", "2026-02-29T00:00", "2026-13-01T00:00", "2026-11-14T24:00", "2026-11-14T22:60", "2026-11-14 22:00",
        "2026-11-14T22:00Z", "2026-11-14T22:00:30", "2026-11-14", "+026-11-14T22:00", "1969-12-31T23:59"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_wall_time(text));
  }
}

TEST_CASE("times of a rule that follow each other too soon are found, also where only some months bring them about") {
  const auto rule = parse_recurrence("FREQ=MONTHLY;BYMONTHDAY=1,-1", kFirst).value();
  const auto crowding = too_close(rule, 48h);
  REQUIRE(crowding);
  CHECK(to_wall_text(crowding->first) == "2026-11-30T22:00");
  CHECK(to_wall_text(crowding->second) == "2026-12-01T22:00");
  CHECK_FALSE(too_close(rule, 24h));
}

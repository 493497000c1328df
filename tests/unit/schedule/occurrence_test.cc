// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/occurrence.h"

#include <catch2/catch.hpp>

#include "engine/base/time_text.h"

using namespace firmform;
using namespace firmform::schedule;
using namespace std::chrono_literals;

namespace {

manifest::Window recurring(std::string schedule, Duration duration, std::string zone = {}) {
  manifest::Window window;
  window.schedule = std::move(schedule);
  window.duration = duration;
  window.time_zone = std::move(zone);
  return window;
}

UtcTime at(std::string_view text) {
  return parse_rfc3339(text).value();
}

/// "START END", or "never".
std::string next(const manifest::Window& window, std::string_view now, Duration least = 0ms) {
  const auto found = next_occurrence(window, at(now), least).value();
  return found ? to_rfc3339(found->start) + " " + to_rfc3339(found->end) : "never";
}

}  // namespace

TEST_CASE("a window that is open once is there until too little of it is left") {
  manifest::Window window;
  window.start = at("2026-12-05T21:00:00Z");
  window.end = at("2026-12-06T01:00:00Z");
  const std::string whole = "2026-12-05T21:00:00Z 2026-12-06T01:00:00Z";
  CHECK(next(window, "2026-11-01T00:00:00Z", 4h) == whole);
  CHECK(next(window, "2026-12-05T22:00:00Z", 3h) == whole);
  CHECK(next(window, "2026-12-05T22:00:01Z", 3h) == "never");
  CHECK(next(window, "2026-11-01T00:00:00Z", 5h) == "never");
  CHECK(next(window, "2026-12-06T00:59:59Z") == whole);
  CHECK(next(window, "2026-12-06T01:00:00Z") == "never");
}

TEST_CASE("an open occurrence counts while enough of it is left, then comes the next one") {
  const auto window = recurring("0 22 * * SAT", 4h);
  const std::string first = "2026-11-21T22:00:00Z 2026-11-22T02:00:00Z";
  const std::string second = "2026-11-28T22:00:00Z 2026-11-29T02:00:00Z";
  CHECK(next(window, "2026-11-21T06:00:00Z", 4h) == first);
  CHECK(next(window, "2026-11-22T00:30:00Z", 90min) == first);
  CHECK(next(window, "2026-11-22T00:30:01Z", 90min) == second);
  CHECK(next(window, "2026-11-22T01:59:59Z") == first);
  CHECK(next(window, "2026-11-22T02:00:00Z") == second);
}

TEST_CASE("a time that daylight saving skips opens at the first instant after the gap") {
  const auto window = recurring("30 2 * * *", 4h, "Europe/Paris");
  CHECK(next(window, "2026-03-28T12:00:00Z") == "2026-03-29T01:00:00Z 2026-03-29T05:00:00Z");
  CHECK(next(window, "2026-03-29T05:00:00Z") == "2026-03-30T00:30:00Z 2026-03-30T04:30:00Z");
  // The end of Thursday 29 December 2011 in Samoa was followed by Saturday.
  const auto samoa = recurring("0 12 30 12 *", 1h, "Pacific/Apia");
  CHECK(next(samoa, "2011-12-01T00:00:00Z") == "2011-12-30T10:00:00Z 2011-12-30T11:00:00Z");
  CHECK(next(samoa, "2011-12-30T10:59:00Z") == "2011-12-30T10:00:00Z 2011-12-30T11:00:00Z");
}

TEST_CASE("a time that comes twice opens at its first coming alone") {
  const auto window = recurring("30 2 * * *", 30min, "Europe/Paris");
  CHECK(next(window, "2026-10-24T12:00:00Z") == "2026-10-25T00:30:00Z 2026-10-25T01:00:00Z");
  CHECK(next(window, "2026-10-25T01:00:00Z") == "2026-10-26T01:30:00Z 2026-10-26T02:00:00Z");
}

TEST_CASE("a duration is elapsed time, whatever the clocks do meanwhile") {
  const auto window = recurring("0 22 * * SAT", 6h, "America/New_York");
  CHECK(next(window, "2026-03-07T12:00:00Z") == "2026-03-08T03:00:00Z 2026-03-08T09:00:00Z");
  CHECK(next(window, "2026-10-31T12:00:00Z") == "2026-11-01T02:00:00Z 2026-11-01T08:00:00Z");
}

TEST_CASE("days and weekdays that are both given are alternatives, as in crontab") {
  const auto both = recurring("0 0 13 * FRI", 1h);
  CHECK(next(both, "2026-11-21T00:00:00Z") == "2026-11-27T00:00:00Z 2026-11-27T01:00:00Z");
  CHECK(next(both, "2026-12-12T00:00:00Z") == "2026-12-13T00:00:00Z 2026-12-13T01:00:00Z");
  const auto stepped = recurring("0 0 */2 * FRI", 1h);  // begins with a star: both must hold
  CHECK(next(stepped, "2026-11-21T00:00:00Z") == "2026-11-27T00:00:00Z 2026-11-27T01:00:00Z");
  CHECK(next(stepped, "2026-11-28T00:00:00Z") == "2026-12-11T00:00:00Z 2026-12-11T01:00:00Z");
}

TEST_CASE("dates that are years away are found") {
  CHECK(next(recurring("0 0 29 2 *", 1h), "2026-11-21T00:00:00Z") == "2028-02-29T00:00:00Z 2028-02-29T01:00:00Z");
  CHECK(next(recurring("0 0 29 2 *", 1h), "2096-03-01T00:00:00Z") == "2104-02-29T00:00:00Z 2104-02-29T01:00:00Z");
  CHECK(next(recurring("0 0 29 2 */7", 1h), "2088-03-01T00:00:00Z") == "2128-02-29T00:00:00Z 2128-02-29T01:00:00Z");
}

TEST_CASE("what cannot be is never") {
  CHECK(next(recurring("0 0 30 2 *", 1h), "2026-11-21T00:00:00Z") == "never");
  CHECK(next(recurring("0 22 * * *", 1h), "2026-11-21T00:00:00Z", 61min) == "never");
  CHECK(next(recurring("0 22 * * *", 1h), "2026-11-21T00:00:00Z", 60min) != "never");
  manifest::Window absent;
  absent.absent = true;
  CHECK(next(absent, "2026-11-21T00:00:00Z") == "never");
}

TEST_CASE("a zone or a schedule that is not known is an error") {
  const UtcTime now = at("2026-11-21T00:00:00Z");
  CHECK(next_occurrence(recurring("0 22 * * *", 1h, "Europe/Atlantis"), now, 0ms).error().code() ==
        Code::invalid_value);
  CHECK(next_occurrence(recurring("at noon", 1h), now, 0ms).error().code() == Code::invalid_value);
}

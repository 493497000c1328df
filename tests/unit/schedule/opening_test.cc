// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/opening.h"

#include <catch2/catch.hpp>

#include "engine/base/time_text.h"
#include "engine/schedule/check.h"

using namespace firmform;
using namespace firmform::schedule;
using namespace std::chrono_literals;

namespace {

UtcTime at(std::string_view text) {
  return parse_rfc3339(text).value();
}

manifest::FreezePeriod freeze(std::string_view start, std::string_view end) {
  manifest::FreezePeriod period;
  period.when.start = at(start);
  period.when.end = at(end);
  return period;
}

manifest::FreezePeriod freeze_by(std::string schedule, Duration duration) {
  manifest::FreezePeriod period;
  period.when.schedule = std::move(schedule);
  period.when.duration = duration;
  return period;
}

manifest::Window saturday_night() {
  manifest::Window window;
  window.schedule = "0 22 * * SAT";
  window.duration = 4h;
  return window;
}

/// "START END", or "never".
std::string next(const manifest::Window* window, const std::vector<manifest::FreezePeriod>& periods,
                 std::string_view now, Duration least) {
  std::vector<const manifest::FreezePeriod*> freezes;
  for (const manifest::FreezePeriod& period : periods) freezes.push_back(&period);
  const auto found = next_opening(window, freezes, at(now), least).value();
  if (!found) return "never";
  return to_rfc3339(found->start) + " " + (found->end == UtcTime::max() ? "for ever" : to_rfc3339(found->end));
}

manifest::DesiredHost host_of(const std::string& name, const manifest::Window* window,
                              std::vector<manifest::FreezePeriod> periods) {
  manifest::DesiredHost host;
  host.name = name;
  if (window != nullptr) {
    host.window = manifest::WindowChoice{"saturday-night", std::make_shared<const manifest::Window>(*window), {}};
  }
  for (manifest::FreezePeriod& period : periods) {
    host.freezes.push_back({"freeze", std::make_shared<const manifest::FreezePeriod>(std::move(period))});
  }
  return host;
}

std::vector<Code> problems_of(manifest::DesiredHost host) {
  manifest::Desired desired;
  desired.hosts[host.name] = std::move(host);
  std::vector<Code> codes;
  for (const Diagnostic& diagnostic : check_openings(desired).sorted()) codes.push_back(diagnostic.code);
  return codes;
}

}  // namespace

TEST_CASE("without window and freeze periods any time is open") {
  CHECK(next(nullptr, {}, "2026-11-21T06:00:00Z", 4h) == "2026-11-21T06:00:00Z for ever");
}

TEST_CASE("without freeze periods openings are the window's occurrences") {
  const auto window = saturday_night();
  CHECK(next(&window, {}, "2026-11-21T06:00:00Z", 4h) == "2026-11-21T22:00:00Z 2026-11-22T02:00:00Z");
  CHECK(next(&window, {}, "2026-11-21T23:00:00Z", 3h) == "2026-11-21T22:00:00Z 2026-11-22T02:00:00Z");
  CHECK(next(&window, {}, "2026-11-21T23:00:00Z", 4h) == "2026-11-28T22:00:00Z 2026-11-29T02:00:00Z");
  CHECK(next(&window, {}, "2026-11-21T23:00:00Z", 5h) == "never");
}

TEST_CASE("a freeze period cuts an opening short, into two, or away") {
  const auto window = saturday_night();
  const std::string now = "2026-11-21T06:00:00Z";
  CHECK(next(&window, {freeze("2026-11-21T00:00:00Z", "2026-11-21T23:00:00Z")}, now, 3h) ==
        "2026-11-21T23:00:00Z 2026-11-22T02:00:00Z");
  CHECK(next(&window, {freeze("2026-11-22T01:00:00Z", "2026-11-23T00:00:00Z")}, now, 3h) ==
        "2026-11-21T22:00:00Z 2026-11-22T01:00:00Z");
  const auto middle = freeze("2026-11-21T23:00:00Z", "2026-11-22T00:00:00Z");
  CHECK(next(&window, {middle}, now, 1h) == "2026-11-21T22:00:00Z 2026-11-21T23:00:00Z");
  CHECK(next(&window, {middle}, now, 2h) == "2026-11-22T00:00:00Z 2026-11-22T02:00:00Z");
  CHECK(next(&window, {middle}, now, 3h) == "2026-11-28T22:00:00Z 2026-11-29T02:00:00Z");
  CHECK(next(&window, {freeze("2026-11-20T00:00:00Z", "2026-12-31T00:00:00Z")}, now, 4h) ==
        "2027-01-02T22:00:00Z 2027-01-03T02:00:00Z");
}

TEST_CASE("H18: forty minutes of work do not begin in a window of which twenty-five are left") {
  const auto window = saturday_night();
  const std::string next_week = "2026-11-28T22:00:00Z 2026-11-29T02:00:00Z";
  CHECK(next(&window, {}, "2026-11-22T01:35:00Z", 40min) == next_week);
  CHECK(next(&window, {}, "2026-11-22T01:20:00Z", 40min) == "2026-11-21T22:00:00Z 2026-11-22T02:00:00Z");
  // The end of an opening is where a freeze period begins, too.
  CHECK(next(&window, {freeze("2026-11-22T01:00:00Z", "2026-11-22T06:00:00Z")}, "2026-11-22T00:35:00Z", 40min) ==
        next_week);
}

TEST_CASE("freeze periods that overlap or adjoin are one") {
  const std::string now = "2026-11-21T06:00:00Z";
  const std::vector periods = {freeze("2026-11-21T00:00:00Z", "2026-11-21T12:00:00Z"),
                               freeze("2026-11-21T12:00:00Z", "2026-11-21T13:00:00Z"),
                               freeze("2026-11-21T11:00:00Z", "2026-11-21T12:30:00Z"), freeze_by("0 18 * * *", 1h)};
  CHECK(next(nullptr, periods, now, 1h) == "2026-11-21T13:00:00Z 2026-11-21T18:00:00Z");
  CHECK(next(nullptr, periods, now, 6h) == "2026-11-21T19:00:00Z 2026-11-22T18:00:00Z");
  CHECK(next(nullptr, periods, now, 24h) == "never");
}

TEST_CASE("what is frozen tells by which period and until when") {
  const auto longer = freeze("2026-11-20T00:00:00Z", "2026-11-24T00:00:00Z");
  const auto shorter = freeze("2026-11-21T00:00:00Z", "2026-11-23T00:00:00Z");
  const std::vector<const manifest::FreezePeriod*> freezes = {&shorter, &longer};
  const auto frozen = frozen_at(freezes, at("2026-11-22T00:00:00Z")).value();
  REQUIRE(frozen);
  CHECK(frozen->period == &longer);
  CHECK(frozen->end == at("2026-11-24T00:00:00Z"));
  CHECK_FALSE(frozen_at(freezes, at("2026-11-24T00:00:00Z")).value());
}

TEST_CASE("a zone that is not known is an error, of a window and of a freeze period") {
  manifest::Window window = saturday_night();
  window.time_zone = "Europe/Atlantis";
  CHECK(next_opening(&window, {}, at("2026-11-21T00:00:00Z"), 1h).error().code() == Code::invalid_value);
  manifest::FreezePeriod period{.when = window};
  const std::vector<const manifest::FreezePeriod*> freezes = {&period};
  CHECK(next_opening(nullptr, freezes, at("2026-11-21T00:00:00Z"), 1h).error().code() == Code::invalid_value);
}

TEST_CASE("a window that its freeze periods cover is reported, however they do it") {
  const auto window = saturday_night();
  const Code never = Code::window_never_opens;
  CHECK(problems_of(host_of("h", &window, {freeze_by("0 22 * * SAT", 4h)})) == std::vector{never});
  CHECK(problems_of(host_of("h", &window, {freeze_by("0 21 * * SAT", 3h), freeze_by("0 0 * * *", 3h)})) ==
        std::vector{never});
  CHECK(problems_of(host_of("h", nullptr, {freeze_by("0 0 * * *", 24h)})) == std::vector{never});
  CHECK(problems_of(host_of("h", &window, {freeze_by("0 22 * * SAT", 3h)})).empty());
  CHECK(problems_of(host_of("h", &window, {freeze("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")})).empty());
  CHECK(problems_of(host_of("h", nullptr, {freeze_by("0 0 * * *", 23h)})).empty());
}

TEST_CASE("a window that comes to an end is judged by the time that it has") {
  manifest::Window cutover;
  cutover.start = at("2026-12-24T22:00:00Z");
  cutover.end = at("2026-12-25T02:00:00Z");
  const auto year_end = freeze("2026-12-20T00:00:00Z", "2027-01-05T00:00:00Z");
  CHECK(problems_of(host_of("h", &cutover, {year_end})) == std::vector{Code::window_never_opens});
  manifest::Window thrice;
  thrice.recurrence = "FREQ=DAILY;COUNT=3";
  thrice.first = "2026-12-24T22:00";
  thrice.duration = 2h;
  CHECK(problems_of(host_of("h", &thrice, {year_end})) == std::vector{Code::window_never_opens});
  thrice.recurrence = "FREQ=WEEKLY;COUNT=3";
  CHECK(problems_of(host_of("h", &thrice, {year_end})).empty());
}

TEST_CASE("hosts with the same window and the same freeze periods are one problem") {
  manifest::Desired desired;
  const auto window = saturday_night();
  manifest::DesiredHost host = host_of("a", &window, {freeze_by("0 22 * * SAT", 4h)});
  for (const char* name : {"a", "b", "c"}) {
    host.name = name;
    desired.hosts[name] = host;
  }
  const Diagnostics diagnostics = check_openings(desired);
  REQUIRE(diagnostics.sorted().size() == 1);
  CHECK(diagnostics.sorted().front().notes == std::vector<std::string>{"concerns `a`, `b`, `c`"});
}

// SPDX-License-Identifier: Apache-2.0
#include "engine/base/time_zone.h"

#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/base/time_text.h"

using namespace firmform;

namespace {

/// Wall clock times written as if they were UTC.
WallTime wall(std::string_view text) {
  return WallTime(parse_rfc3339(text).value().time_since_epoch());
}

std::string utc(std::string_view zone, std::string_view text) {
  return to_rfc3339(TimeZone::find(zone).value().utc(wall(text)));
}

}  // namespace

TEST_CASE("a zone turns instants into what its clocks show, and back") {
  const TimeZone paris = TimeZone::find("Europe/Paris").value();
  CHECK(paris.wall(parse_rfc3339("2026-01-15T12:00:00Z").value()) == wall("2026-01-15T13:00:00Z"));
  CHECK(paris.wall(parse_rfc3339("2026-07-15T12:00:00Z").value()) == wall("2026-07-15T14:00:00Z"));
  CHECK(utc("Europe/Paris", "2026-01-15T13:00:00Z") == "2026-01-15T12:00:00Z");
  CHECK(utc("Asia/Kolkata", "2026-01-15T13:00:00Z") == "2026-01-15T07:30:00Z");
}

TEST_CASE("a time that is skipped is the first instant after the gap") {
  CHECK(utc("Europe/Paris", "2026-03-29T02:00:00Z") == "2026-03-29T01:00:00Z");
  CHECK(utc("Europe/Paris", "2026-03-29T02:59:00Z") == "2026-03-29T01:00:00Z");
  CHECK(utc("Europe/Paris", "2026-03-29T03:00:00Z") == "2026-03-29T01:00:00Z");
  CHECK(utc("Australia/Lord_Howe", "2026-10-04T02:15:00Z") == "2026-10-03T15:30:00Z");
}

TEST_CASE("a time that comes twice is its first coming") {
  CHECK(utc("Europe/Paris", "2026-10-25T02:30:00Z") == "2026-10-25T00:30:00Z");
  CHECK(utc("Europe/Paris", "2026-10-25T03:00:00Z") == "2026-10-25T02:00:00Z");
  CHECK(utc("America/New_York", "2026-11-01T01:30:00Z") == "2026-11-01T05:30:00Z");
}

TEST_CASE("UTC needs no database, and what nobody knows is not there") {
  CHECK(utc("", "2026-03-29T02:30:00Z") == "2026-03-29T02:30:00Z");
  CHECK(utc("UTC", "2026-03-29T02:30:00Z") == "2026-03-29T02:30:00Z");
  CHECK_FALSE(TimeZone::find("Europe/Atlantis"));
  CHECK_FALSE(TimeZone::find("../etc/passwd"));
  const auto names = time_zone_names();
  CHECK(std::ranges::find(names, "America/New_York") != names.end());
}

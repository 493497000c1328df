// SPDX-License-Identifier: Apache-2.0
#include "engine/base/time_text.h"

#include <catch2/catch.hpp>

using namespace firmform;
using namespace std::chrono_literals;

TEST_CASE("RFC 3339 times are read with any offset and written in UTC") {
  const auto time = parse_rfc3339("2026-12-05T22:00:00+01:00");
  REQUIRE(time);
  CHECK(to_rfc3339(*time) == "2026-12-05T21:00:00Z");
  CHECK(to_rfc3339(*parse_rfc3339("2024-02-29T00:00:00Z")) == "2024-02-29T00:00:00Z");
  CHECK_FALSE(parse_rfc3339("2026-02-30T00:00:00Z"));
  CHECK_FALSE(parse_rfc3339("2026-02-03 00:00:00"));
  CHECK_FALSE(parse_rfc3339("2026-02-03T00:00:00Zzz"));
  CHECK(parse_rfc3339("2026-02-03T04:05:06.5Z").value() - parse_rfc3339("2026-02-03T04:05:06Z").value() ==
        std::chrono::milliseconds(500));
  for (const char* cut : {"2026-02-03T00:", "2026-02-03T00:00:0", "2026-02-03T00:00:00.", "2026-02-03T00:00:00+01"}) {
    CHECK_FALSE(parse_rfc3339(cut));
  }
  CHECK_FALSE(parse_rfc3339(""));
}

TEST_CASE("durations are read strictly") {
  CHECK(parse_duration("4h") == 4h);
  CHECK(parse_duration("1h30m") == 90min);
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("2m10s") == 130s);
  for (const char* bad : {"", "4", "h", "-4h", "4 h", "30m1h", "1h1h", "99999999999999999999h", "100000d"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_duration(bad));
  }
}

TEST_CASE("durations are written with two units at most") {
  CHECK(to_text(0ms) == "0s");
  CHECK(to_text(250ms) == "250ms");
  CHECK(to_text(45s) == "45s");
  CHECK(to_text(130s) == "2m10s");
  CHECK(to_text(90min) == "1h30m");
  CHECK(to_text(50h) == "2d2h");
}

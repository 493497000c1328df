// SPDX-License-Identifier: Apache-2.0
#include "engine/http/busy_meter.h"

#include <catch2/catch.hpp>

namespace firmform::http {
namespace {

using namespace std::chrono_literals;

/// Works for `busy` of every 10 ms, `rounds` times, and says whether that counts as saturated.
bool saturated_after(BusyMeter& meter, BusyMeter::TimePoint& now, std::chrono::milliseconds busy, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    meter.begin(now);
    meter.end(now + busy);
    now += 10ms;
  }
  meter.begin(now);
  return meter.saturated();
}

}  // namespace

TEST_CASE("a loop that never rests is saturated, one that mostly waits is not, and each can become the other") {
  BusyMeter meter;
  BusyMeter::TimePoint now{1h};
  REQUIRE_FALSE(saturated_after(meter, now, 0ms, 1));
  REQUIRE(saturated_after(meter, now, 10ms, 30));
  REQUIRE_FALSE(saturated_after(meter, now, 2ms, 30));
  REQUIRE(saturated_after(meter, now, 9ms, 30));
}

}  // namespace firmform::http

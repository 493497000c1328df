// SPDX-License-Identifier: Apache-2.0
// `watch:` as written.
#include <catch2/catch.hpp>

#include "manifest_text.h"

using namespace firmform;
using namespace firmform::manifest;
using namespace firmform::tests;
using namespace std::chrono_literals;
using Codes = std::vector<Code>;

namespace {

const std::string kHost = "hosts: {h: {bmc: https://h}}\n";

Reading reading(const std::string& watch) {
  return read_manifest(kBasics + kHost + "watch: " + watch + "\n");
}

Watch watch_of(const std::string& text) {
  const Reading read = reading(text);
  REQUIRE(read.codes().empty());
  return read.result.value.value().watch;
}

}  // namespace

TEST_CASE("Without `watch:` the fleet is looked at every quarter of an hour, and nothing is applied") {
  const Watch watch = watch_of("{}");
  CHECK(watch.interval == 15min);
  CHECK(watch.jitter == 1min);
  CHECK_FALSE(watch.apply);
  CHECK(watch.flap_changes == 3);
  CHECK(watch.flap_within == 168h);
}

TEST_CASE("All settings of a watch are read") {
  const Watch watch = watch_of("{interval: 1h, jitter: 5m, apply: automatic, flap_guard: {changes: 5, within: 2d}}");
  CHECK(watch.interval == 1h);
  CHECK(watch.jitter == 5min);
  CHECK(watch.apply);
  CHECK(watch.flap_changes == 5);
  CHECK(watch.flap_within == 48h);
}

TEST_CASE("The jitter that is not given fits the interval") {
  CHECK(watch_of("{interval: 20s}").jitter == 20s);
}

TEST_CASE("Settings of a watch out of their bounds are refused with their place") {
  CHECK(reading("{interval: 9s}").codes() == Codes{Code::invalid_value});
  CHECK(reading("{interval: 800h}").codes() == Codes{Code::invalid_value});
  CHECK(reading("{interval: 10m, jitter: 11m}").codes() == Codes{Code::invalid_value});
  CHECK(reading("{flap_guard: {within: 1s}}").codes() == Codes{Code::invalid_value});
  CHECK_FALSE(reading("{flap_guard: {changes: 0}}").codes().empty());
  CHECK_FALSE(reading("{apply: always}").codes().empty());
  CHECK_FALSE(reading("{every: 1h}").codes().empty());
}

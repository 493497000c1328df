// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "engine/rollout/rollout.h"

namespace firmform::tests {
namespace {

using manifest::Share;
using rollout::Counted;

constexpr Share percent(std::int64_t value) {
  return {.value = value, .percent = true};
}

void check(const Counted& counted, std::int64_t count, const std::string& text) {
  CHECK(counted.count == count);
  CHECK(counted.text == text);
}

}  // namespace

TEST_CASE("Batches round up, and say how") {
  check(rollout::round_up(percent(10), 48), 5, "10% of 48 hosts = 4.8, rounded up to 5");
  check(rollout::round_up(percent(33), 7), 3, "33% of 7 hosts = 2.31, rounded up to 3");
  check(rollout::round_up(percent(1), 5), 1, "1% of 5 hosts = 0.05, rounded up to 1");
  check(rollout::round_up(percent(25), 48), 12, "25% of 48 hosts = 12");
  check(rollout::round_up(percent(100), 1), 1, "100% of 1 host = 1");
  check(rollout::round_up({.value = 3}, 48), 3, "3 hosts");
}

TEST_CASE("H5: limits round down, and never to nothing") {
  check(rollout::round_down(percent(50), 5), 2, "50% of 5 hosts = 2.5, rounded down to 2");
  check(rollout::round_down(percent(10), 4), 1, "10% of 4 hosts = 0.4, and never less than 1");
  check(rollout::round_down(percent(50), 24), 12, "50% of 24 hosts = 12");
  check(rollout::round_down({.value = 1}, 24), 1, "1 host");
  // NICo gave its arguments in the wrong order, and a ceiling of ten percent became none.
  check(rollout::round_down(percent(10), 1000), 100, "10% of 1000 hosts = 100");
}

TEST_CASE("Nothing and no hosts stay nothing") {
  CHECK(rollout::round_up(percent(0), 10).count == 0);
  CHECK(rollout::round_down(percent(0), 10).count == 0);
  CHECK(rollout::round_up(percent(50), 0).count == 0);
  CHECK(rollout::round_down(percent(50), 0).count == 0);
}

TEST_CASE("Failures are compared exactly: more than the percentage is too many") {
  check(rollout::tolerated(percent(10), 5), 0, "10% of 5 hosts = 0.5: more than 0 is too many");
  check(rollout::tolerated(percent(50), 4), 2, "50% of 4 hosts = 2: more than 2 is too many");
  check(rollout::tolerated(percent(49), 4), 1, "49% of 4 hosts = 1.96: more than 1 is too many");
  check(rollout::tolerated(percent(10), 9), 0, "10% of 9 hosts = 0.9: more than 0 is too many");
  check(rollout::tolerated({.value = 2}, 9), 2, "2 hosts");
}

}  // namespace firmform::tests

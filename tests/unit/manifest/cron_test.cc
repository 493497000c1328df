// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/cron.h"

#include <catch2/catch.hpp>

using namespace firmform;
using namespace firmform::manifest;
using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year;

namespace {

template <std::size_t size>
std::vector<std::size_t> values(const std::bitset<size>& bits) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < size; ++i) {
    if (bits[i]) result.push_back(i);
  }
  return result;
}

using Values = std::vector<std::size_t>;

std::optional<Duration> period(std::string_view text) {
  return shortest_period(parse_cron(text).value());
}

}  // namespace

TEST_CASE("ranges, steps, lists and names become sets of values") {
  const Cron cron = parse_cron("5,50-52,*/20 22/1 1-10/3 nov,dec-DEC fri-7").value();
  CHECK(values(cron.minutes) == Values{0, 5, 20, 40, 50, 51, 52});
  CHECK(values(cron.hours) == Values{22, 23});
  CHECK(values(cron.days) == Values{1, 4, 7, 10});
  CHECK(values(cron.months) == Values{11, 12});
  CHECK(values(cron.weekdays) == Values{0, 5, 6});
  CHECK_FALSE(cron.any_day);
  CHECK(values(parse_cron("0 0 * * *")->weekdays).size() == 7);
  CHECK(values(parse_cron("0 0 * * */3")->weekdays) == Values{0, 3, 6});
  CHECK(values(parse_cron("0 0 * * 7/2")->weekdays) == Values{0});
  CHECK(values(parse_cron("0 0 * * *")->days).size() == 31);
}

TEST_CASE("day and weekday are alternatives only when both are restricted") {
  const sys_days friday_13 = year(2026) / 11 / 13;
  const sys_days saturday_14 = year(2026) / 11 / 14;
  const sys_days friday_20 = year(2026) / 11 / 20;
  const auto days_of = [&](std::string_view text) {
    const Cron cron = parse_cron(text).value();
    return std::vector<bool>{cron.fires_on(friday_13), cron.fires_on(saturday_14), cron.fires_on(friday_20)};
  };
  CHECK(days_of("0 0 14 * FRI") == std::vector<bool>{true, true, true});
  CHECK(days_of("0 0 14 * *") == std::vector<bool>{false, true, false});
  CHECK(days_of("0 0 * * FRI") == std::vector<bool>{true, false, true});
  CHECK(days_of("0 0 */2 * FRI") == std::vector<bool>{true, false, false});
  CHECK(days_of("0 0 13 12 FRI") == std::vector<bool>{false, false, false});
}

TEST_CASE("the shortest period is that between the two nearest firings") {
  CHECK(period("0 22 * * *") == 24h);
  CHECK(period("*/5 * * * *") == 5min);
  CHECK(period("0,50 23 * * *") == 50min);
  CHECK(period("55 23 * * *") == 24h);
  CHECK(period("0,59 0,23 * * *") == 1min);
  CHECK(period("0 22 * * SAT") == 7 * 24h);
  CHECK(period("0 22 * * SAT,SUN") == 24h);
  CHECK(period("30 1 1 * *") == 28 * 24h);
  CHECK(period("0 0 29 2 *") == 1461 * 24h);
  CHECK(period("0 0 29 2 */7") == 28 * 365 * 24h + 7 * 24h);
  CHECK(period("0 0 30 2 *") == std::nullopt);
  CHECK(period("0 0 31 4,6,9,11 *") == std::nullopt);
}

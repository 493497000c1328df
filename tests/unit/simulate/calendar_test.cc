// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/calendar.h"

#include <catch2/catch.hpp>

#include <chrono>

#include "engine/report/calendar_report.h"
#include "engine/simulate/limits.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using simulate::Calendar;

void add_hosts(SmallFleet& fleet, int count) {
  fleet.entry("iLO 5", "3.11", "ilo5_311.bin");
  for (int i = 0; i < count; ++i) fleet.add(host(fmt::format("h{:02}", i), {bmc("3.09")}));
}

void hold(SmallFleet& fleet, manifest::Window window) {
  window.held_by = manifest::HeldBy::engine;
  const auto made = std::make_shared<const manifest::Window>(std::move(window));
  for (auto& [name, wanted] : fleet.desired.hosts) {
    wanted.window = manifest::WindowChoice{.name = "nights", .window = made, .span = {}};
  }
}

Calendar calendar_of(const SmallFleet& fleet, int parallelism = 10) {
  const SourceMap sources = fleet.lines.sources();
  const Providers providers = fake_providers();
  const auto calendar = simulate::make_calendar({.desired = fleet.desired,
                                                 .inventory = fleet.inventory,
                                                 .catalog = fleet.catalog,
                                                 .sources = sources,
                                                 .providers = providers,
                                                 .tool_version = "0.1.0",
                                                 .start = kNow,
                                                 .until = kNow + 24h * 30,
                                                 .parallelism = parallelism});
  if (!calendar) FAIL(calendar.error().message());
  return *calendar;
}

}  // namespace

TEST_CASE("Without windows the fleet is done as soon as a run takes") {
  SmallFleet fleet;
  add_hosts(fleet, 3);
  const Calendar calendar = calendar_of(fleet);
  CHECK(calendar.hosts == 3);
  CHECK(calendar.compliant_before == 0);
  REQUIRE(calendar.done.has_value());
  CHECK(*calendar.done < kNow + 1h);
  REQUIRE(calendar.runs.size() == 1);
  CHECK(calendar.runs[0].begun == 3);
  CHECK(calendar.runs[0].compliant == 3);
  CHECK(calendar.stragglers.empty());
}

TEST_CASE("A fleet that is as wanted needs no run") {
  SmallFleet fleet;
  add_hosts(fleet, 0);
  fleet.add(host("h00", {bmc("3.11")}));
  const Calendar calendar = calendar_of(fleet);
  CHECK(calendar.compliant_before == 1);
  CHECK(calendar.runs.empty());
  CHECK(report::calendar_text(calendar, {}) == "All of 1 host are as the manifest wants them now.\n");
}

TEST_CASE("N27: hosts one at a time in short windows need several nights, and the calendar says why") {
  SmallFleet fleet;
  add_hosts(fleet, 4);
  hold(fleet, {.schedule = "0 1 * * *", .recurrence = {}, .first = {}, .duration = 15min, .time_zone = "UTC"});
  fleet.desired.rollout.max_hosts_in_flight = 1;
  const Calendar calendar = calendar_of(fleet);
  REQUIRE(calendar.done.has_value());
  CHECK(calendar.runs.size() > 1);
  CHECK(*calendar.done > kNow + 24h);
  std::size_t done = 0;
  for (const simulate::CalendarRun& run : calendar.runs) {
    CHECK(run.windows == std::vector<std::string>{"nights"});
    done += run.compliant;
  }
  CHECK(done == 4);
  REQUIRE_FALSE(calendar.limits.empty());
  CHECK(calendar.limits[0].name == "maintenance windows");
  CHECK(calendar.limits[0].gain > 24h);
}

TEST_CASE("A host that does not answer is never done, and the calendar says so") {
  SmallFleet fleet;
  add_hosts(fleet, 2);
  fleet.inventory.at("h01") = unreachable("h01");
  const Calendar calendar = calendar_of(fleet);
  CHECK_FALSE(calendar.done.has_value());
  REQUIRE(calendar.stragglers.size() == 1);
  CHECK(calendar.stragglers[0].host == "h01");
  REQUIRE_FALSE(calendar.stragglers[0].reasons.empty());
  const std::string text = report::calendar_text(calendar, {});
  CHECK(text.find("1 host would not be done until") != std::string::npos);
  CHECK(text.find("h01: unreachable") != std::string::npos);
}

TEST_CASE("Few hosts at work at a time show as the limit") {
  SmallFleet fleet;
  add_hosts(fleet, 6);
  const Calendar calendar = calendar_of(fleet, 1);
  REQUIRE(calendar.limits.size() == 1);
  CHECK(calendar.limits[0].name == "hosts at work at a time (-parallelism)");
  CHECK(calendar.limits[0].gain > 10min);
  CHECK(report::calendar_json(calendar)["limits"].items().size() == 1);
}

TEST_CASE("Each limit that a manifest sets is lifted in turn, and no other") {
  manifest::Desired desired;
  CHECK(simulate::without_each_limit(desired).size() == 1);
  desired.rollout.soak = 15min;
  desired.rollout.max_hosts_in_flight = 5;
  desired.rollout.per_label = {{{"rack", {}}, {1, false}}, {{"feed", {}}, {50, true}}};
  const auto lifted = simulate::without_each_limit(desired);
  REQUIRE(lifted.size() == 4);
  CHECK(lifted[0].name == "the soak after each wave");
  CHECK(lifted[0].desired.rollout.soak == Duration(0));
  CHECK(lifted[0].desired.rollout.per_label.size() == 2);
  CHECK(lifted[1].name == "max_in_flight per rack");
  REQUIRE(lifted[1].desired.rollout.per_label.size() == 1);
  CHECK(lifted[1].desired.rollout.per_label[0].first.value == "feed");
  CHECK(lifted[3].name == "max_in_flight hosts");
  CHECK_FALSE(lifted[3].desired.rollout.max_hosts_in_flight.has_value());
}

}  // namespace firmform::tests

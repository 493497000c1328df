// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "engine/report/estimated_timeline.h"
#include "engine/report/fleet_page_data.h"
#include "engine/report/plan_after.h"
#include "engine/report/run_timeline.h"
#include "tests/support/golden.h"
#include "tests/support/page_fleet.h"
#include "tests/support/virtual_clock.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;

const simulate::Lane& lane(const simulate::Timeline& timeline, const std::string& host) {
  const auto found = std::ranges::find(timeline.lanes, host, &simulate::Lane::host);
  REQUIRE(found != timeline.lanes.end());
  return *found;
}

plan::Action action(plan::ActionId id, const std::string& host, plan::ActionType type, Duration expected,
                    std::vector<plan::ActionId> needs = {}) {
  return {.id = id,
          .host = host,
          .type = type,
          .components = {},
          .summary = "action " + std::to_string(id),
          .expected = expected,
          .needs = std::move(needs)};
}

plan::Plan two_hosts() {
  plan::Plan plan;
  plan.header.id = "p1";
  plan.hosts.resize(2);
  plan.hosts[0].name = "a";
  plan.hosts[1].name = "b";
  plan.actions = {action(0, "a", plan::ActionType::flash, 5min), action(1, "b", plan::ActionType::flash, 4min),
                  action(2, "a", plan::ActionType::reset_host, 3min, {0})};
  plan.actions[2].restarts = plan::Restarts::host;
  return plan;
}

}  // namespace

TEST_CASE("An estimate puts actions after what they need, and hosts side by side") {
  const simulate::Timeline timeline = report::estimated_timeline(two_hosts(), kNow);
  CHECK(timeline.elapsed() == 8min);
  CHECK(lane(timeline, "a").spans[1].start == kNow + 5min);
  CHECK(lane(timeline, "a").host_restarts == 1);
  CHECK(lane(timeline, "b").spans[0].start == kNow);
}

TEST_CASE("An estimate keeps the number of hosts in flight, windows and soaks") {
  plan::Plan plan = two_hosts();
  CHECK(lane(report::estimated_timeline(plan, kNow, 1), "b").started == kNow + 8min);
  plan.hosts[1].window =
      plan::HeldWindow{.name = "night", .start = kNow + 2h, .end = kNow + 4h, .latest_start = kNow + 3h};
  CHECK(lane(report::estimated_timeline(plan, kNow), "b").started == kNow + 2h);
  plan.hosts[1].window.reset();
  plan.rollout = plan::RolloutPlan{};
  plan.rollout->waves = {{.name = "canary", .hosts = {"a"}, .soak = 10min, .arithmetic = {}},
                         {.name = "batch 1", .hosts = {"b"}, .arithmetic = {}}};
  const simulate::Timeline timeline = report::estimated_timeline(plan, kNow);
  CHECK(lane(timeline, "b").started == kNow + 18min);
  CHECK(timeline.pauses.size() == 1);
  CHECK(timeline.waves.size() == 2);
}

TEST_CASE("A recorder tells what a run did when") {
  VirtualClock clock(kNow);
  const plan::Plan plan = two_hosts();
  std::optional<simulate::Timeline> recorded;
  const auto view = report::make_run_recorder(clock, [&](simulate::Timeline made) { recorded = std::move(made); });
  view->run_started(plan, "r1", false);
  view->host_started("a");
  view->action_started(plan.actions[0]);
  clock.advance(6min);
  view->action_succeeded(plan.actions[0], {});
  view->action_started(plan.actions[2]);
  clock.advance(1min);
  view->host_finished("a",
                      {.result = apply::HostResult::failed, .error = Error(Code::update_failed, "no"), .notes = {}});
  view->run_finished({.run_id = "r1", .hosts = {}, .elapsed = 7min});
  REQUIRE(recorded);
  CHECK(recorded->elapsed() == 7min);
  const simulate::Lane& a = lane(*recorded, "a");
  CHECK(a.result == apply::HostResult::failed);
  REQUIRE(a.spans.size() == 2);
  CHECK(a.spans[0].end - a.spans[0].start == 6min);
  CHECK_FALSE(a.spans[0].failed);
  CHECK(a.spans[1].failed);
  CHECK(a.host_restarts == 0);
  CHECK(lane(*recorded, "b").result == apply::HostResult::skipped);
}

TEST_CASE("What a run has done differs no more on its page") {
  PageFleet fleet = PageFleet::mixed(2);
  fleet.run = apply::Summary{.run_id = "r1", .hosts = {}, .elapsed = 1min};
  fleet.run->hosts["web-02"] = {};
  fleet.judged = plan::drift_of(report::plan_after(fleet.plan, *fleet.run), fleet.fleet.desired.policies);
  CHECK(report::verdict_text(fleet.report()) == "The host of the run is done.");
  const json::Value data = report::page_data(fleet.report());
  for (const json::Value& cell : data["cells"].items()) CHECK(cell.text("state") == "in_line");
  CHECK(data["hosts"].items()[1].text("result") == "done");
  CHECK(data.find("timeline") == nullptr);
}

TEST_CASE("The data of a page is what it was") {
  const PageFleet fleet = PageFleet::mixed(6);
  json::Value whole = report::page_data(fleet.report());
  whole.object().erase("codes");  // their wording is not the page's
  const std::string data = json::dump_pretty(whole);
  CHECK(data == golden("golden/fleet_page/mixed.json", data));
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
#include "engine/report/run_standing.h"

#include <catch2/catch.hpp>

#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using apply::HostStanding;
using journal::Event;
using journal::EventKind;

plan::Plan two_hosts() {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc("2.46")}));
  fleet.add(host("web-02", {bmc("2.46")}));
  plan::Plan plan = *fleet.plan().value;
  plan.rollout =
      plan::RolloutPlan{.waves = {{.name = "canary", .hosts = {"web-01"}}, {.name = "batch 1", .hosts = {"web-02"}}}};
  return plan;
}

Event of_action(EventKind kind, plan::ActionId id, std::string detail = {}) {
  return {.kind = kind, .action = id, .detail = std::move(detail)};
}

Event of_run(EventKind kind, std::string subject, std::string detail = {}) {
  return {.kind = kind, .detail = std::move(detail), .subject = std::move(subject)};
}

/// The first host is done; the plan gives each host a flash and a verify.
std::vector<Event> canary_done() {
  return {of_run(EventKind::wave_started, "0", "canary"),
          of_action(EventKind::intent, 0),
          of_action(EventKind::accepted, 0),
          of_action(EventKind::succeeded, 0),
          of_action(EventKind::succeeded, 1),
          of_run(EventKind::wave_finished, "0", "1/1 done")};
}

const journal::Run kOpen{.id = "6740-abcd", .plan_id = "p", .started_at = kNow, .finished_at = {}, .result = {}};

}  // namespace

TEST_CASE("A run's standing comes from its events alone") {
  const plan::Plan plan = two_hosts();
  REQUIRE(plan.actions.size() == 4);
  std::vector<Event> events = canary_done();
  events.push_back(of_run(EventKind::paused, "0", "the canary is done"));
  apply::Standing standing = apply::standing_of(plan, events);
  CHECK(standing.hosts.at("web-01").standing == HostStanding::done);
  CHECK(standing.hosts.at("web-02").standing == HostStanding::waiting);
  CHECK(standing.waves[0].record.decision == "1/1 done");
  CHECK_FALSE(standing.waves[1].record.started);
  CHECK(standing.rollout.paused->reason == "the canary is done");

  events.push_back(of_run(EventKind::continued, "0"));
  events.push_back(of_action(EventKind::intent, 2));
  standing = apply::standing_of(plan, events);
  CHECK(standing.hosts.at("web-02").standing == HostStanding::at_work);
  CHECK_FALSE(standing.rollout.paused);

  events.push_back(of_action(EventKind::unknown, 2, "the reply was lost"));
  standing = apply::standing_of(plan, events);
  CHECK(standing.hosts.at("web-02").standing == HostStanding::unknown);
  CHECK(standing.hosts.at("web-02").last.ends_with("unknown, the reply was lost"));
}

TEST_CASE("A host that is worse after its last action is not done") {
  std::vector<Event> events = canary_done();
  events.push_back(of_run(EventKind::host_failed, "web-01", "FF0612 Fan 3 is Critical"));
  const apply::HostProgress host = apply::standing_of(two_hosts(), events).hosts.at("web-01");
  CHECK(host.standing == HostStanding::failed);
  CHECK(host.last == "FF0612 Fan 3 is Critical");
}

TEST_CASE("A host without time in its window is told from one that waits for its turn") {
  const std::vector<Event> events = {of_run(EventKind::deferred, "web-01", "its window opens at 22:00")};
  const apply::Standing standing = apply::standing_of(two_hosts(), events);
  CHECK(standing.hosts.at("web-01").standing == HostStanding::deferred);
  CHECK(standing.hosts.at("web-01").last == "its window opens at 22:00");
  CHECK(standing.hosts.at("web-02").standing == HostStanding::waiting);
}

TEST_CASE("Runs are one line each, with the command that goes on") {
  const report::RunStanding run{.run = kOpen, .standing = apply::standing_of(two_hosts(), canary_done()), .holder = {}};
  const std::string text = report::runs_text({run}, {.width = 120, .color = false});
  INFO(text);
  CHECK(text.find("2 hosts: 1 done, 1 waiting") != std::string::npos);
  CHECK(text.ends_with("Run 6740-abcd is not finished: `firmform resume` continues it.\n"));
  CHECK(report::runs_text({}, {}) == "No run was made here yet.\n");
}

}  // namespace firmform::tests

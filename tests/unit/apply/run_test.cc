// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/run.h"

#include <catch2/catch.hpp>

#include "tests/support/fake_fleet.h"

using namespace firmform;
using apply::HostResult;
using tests::FakeFleet;
using namespace std::chrono_literals;

namespace {

apply::HostOutcome outcome_of(FakeFleet& fleet, const std::string& host = "web-01") {
  const auto summary = fleet.apply(fleet.make_plan());
  REQUIRE(summary);
  return summary->hosts.at(host);
}

std::vector<journal::EventKind> kinds(FakeFleet& fleet) {
  std::vector<journal::EventKind> result;
  const auto events = fleet.journal.events(fleet.journal.runs()->front().id);
  for (const journal::Event& event : *events) result.push_back(event.kind);
  return result;
}

}  // namespace

TEST_CASE("a host is done when its inventory shows the wanted version") {
  FakeFleet fleet;
  fleet.add("web-01");
  CHECK(outcome_of(fleet).result == HostResult::done);
  CHECK(fleet.machines["web-01"].flashes == 1);
  using enum journal::EventKind;
  CHECK(kinds(fleet) == std::vector{intent, accepted, succeeded, succeeded});
}

TEST_CASE("a BMC that accepts an image and does not take it has failed, after its deadline") {
  FakeFleet fleet;
  fleet.add("web-01").takes_not = true;
  const auto outcome = outcome_of(fleet);
  CHECK(outcome.result == HostResult::failed);
  CHECK(outcome.error->code() == Code::did_not_take);
  CHECK(fleet.clock.elapsed() >= 20min);
  CHECK(fleet.machines["web-01"].flashes == 1);
}

TEST_CASE("a refused request is a failure, and is not sent again") {
  FakeFleet fleet;
  fleet.add("web-01").refuses = true;
  const auto outcome = outcome_of(fleet);
  CHECK(outcome.result == HostResult::failed);
  CHECK(outcome.error->code() == Code::bmc_refused_update);
  CHECK(fleet.machines["web-01"].flashes == 0);
}

TEST_CASE("after a lost reply the flash is found and followed, not repeated") {
  FakeFleet fleet;
  fleet.add("web-01").loses_reply = true;
  CHECK(outcome_of(fleet).result == HostResult::done);
  CHECK(fleet.machines["web-01"].flashes == 1);
}

TEST_CASE("a request that broke on the way is sent again only when the BMC shows that it never arrived") {
  FakeFleet fleet;
  fleet.add("web-01").drops_requests = 1;
  CHECK(outcome_of(fleet).result == HostResult::done);
  CHECK(fleet.machines["web-01"].flashes == 1);
}

TEST_CASE("a BMC that drops every request is given up after three") {
  FakeFleet fleet;
  fleet.add("web-01").drops_requests = 1000;
  const auto outcome = outcome_of(fleet);
  CHECK(outcome.result == HostResult::failed);
  CHECK(outcome.error->code() == Code::connection_lost);
  CHECK(fleet.machines["web-01"].flashes == 0);
  CHECK(fleet.machines["web-01"].drops_requests == 997);
}

TEST_CASE("a task that vanished is judged by the inventory") {
  FakeFleet fleet;
  fleet.add("web-01").forgets_task = true;
  CHECK(outcome_of(fleet).result == HostResult::done);
}

TEST_CASE("only the host that moved since the plan is refused") {
  FakeFleet fleet;
  fleet.add("web-01");
  fleet.add("web-02");
  const plan::Plan plan = fleet.make_plan();
  fleet.machines["web-01"].version = "1.5";
  const auto summary = fleet.apply(plan);
  REQUIRE(summary);
  CHECK(summary->hosts.at("web-01").result == HostResult::moved);
  CHECK(summary->hosts.at("web-02").result == HostResult::done);
  CHECK(summary->exit() == Exit::stale);
  CHECK(fleet.machines["web-01"].flashes == 0);
}

TEST_CASE("an unreachable host fails alone, and nothing is sent to it") {
  FakeFleet fleet;
  fleet.add("web-01").unreachable = true;
  fleet.add("web-02");
  const auto summary = fleet.apply(fleet.make_plan());
  REQUIRE(summary);
  CHECK(summary->hosts.at("web-01").result == HostResult::unreachable);
  CHECK(summary->hosts.at("web-02").result == HostResult::done);
  CHECK(summary->exit() == Exit::hosts_unreachable);
}

TEST_CASE("a saved plan is applied once") {
  FakeFleet fleet;
  fleet.add("web-01");
  const plan::Plan plan = fleet.make_plan();
  REQUIRE(fleet.apply(plan));
  const auto again = fleet.apply(plan);
  REQUIRE_FALSE(again);
  CHECK(again.error().code() == Code::plan_used);
  CHECK(fleet.machines["web-01"].flashes == 1);
}

TEST_CASE("a saved plan of which nothing could be sent may be applied again") {
  FakeFleet fleet;
  fleet.add("web-01").unreachable = true;
  const plan::Plan plan = fleet.make_plan();
  REQUIRE(fleet.apply(plan)->exit() == Exit::hosts_unreachable);
  fleet.machines["web-01"].unreachable = false;
  CHECK(fleet.apply(plan)->exit() == Exit::ok);
  CHECK(fleet.journal.runs()->size() == 2);
  CHECK(fleet.apply(plan).error().code() == Code::plan_used);
}

TEST_CASE("after more failures than the manifest allows no further host is started") {
  FakeFleet fleet;
  for (const char* name : {"web-01", "web-02", "web-03", "web-04"}) fleet.add(name);
  fleet.machines["web-01"].refuses = true;
  fleet.machines["web-02"].refuses = true;
  plan::Plan plan = fleet.make_plan();
  plan.max_failures = 1;
  const auto summary = fleet.apply(plan, {.parallelism = 1});
  REQUIRE(summary);
  CHECK(summary->count(HostResult::failed) == 2);
  CHECK(summary->count(HostResult::skipped) == 2);
  CHECK(fleet.machines["web-03"].flashes == 0);
}

TEST_CASE("a host that waits for another starts after it, and not at all when that fails") {
  for (const bool first_fails : {false, true}) {
    CAPTURE(first_fails);
    FakeFleet fleet;
    fleet.add("a-second");
    fleet.add("b-first").refuses = first_fails;
    plan::Plan plan = fleet.make_plan();
    plan.actions[0].needs = {3};  // a-second's flash needs b-first's verification
    const auto summary = fleet.apply(plan, {.parallelism = 1});
    REQUIRE(summary);
    CHECK(summary->hosts.at("a-second").result == (first_fails ? HostResult::skipped : HostResult::done));
    CHECK(fleet.machines["a-second"].flashes == (first_fails ? 0 : 1));
  }
}

TEST_CASE("detaching leaves a flash to its BMC, and resume takes it up") {
  FakeFleet fleet;
  fleet.add("web-01");
  const plan::Plan plan = fleet.make_plan();
  fleet.on_start = [&](apply::Run& started) { started.detach(); };
  const auto at_once = fleet.apply(plan);
  REQUIRE(at_once);
  CHECK(at_once->hosts.at("web-01").result == HostResult::detached);
  CHECK(at_once->exit() == Exit::interrupted);
  CHECK(fleet.machines["web-01"].flashes == 0);

  fleet.on_start = nullptr;
  const auto refused = fleet.apply([&] {
    plan::Plan other = plan;
    other.header.id = "another";
    return other;
  }());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == Code::run_unfinished);

  const auto resumed = fleet.resume();
  REQUIRE(resumed);
  CHECK(resumed->exit() == Exit::ok);
  CHECK(fleet.machines["web-01"].flashes == 1);
  CHECK(fleet.resume().error().code() == Code::nothing_to_resume);
}

// SPDX-License-Identifier: Apache-2.0
// Waves, budgets, limits, soaks, gates, and what people ask of a run that is under way.
#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/apply/decision.h"
#include "engine/apply/run.h"
#include "tests/support/fake_fleet.h"

using namespace firmform;
using apply::HostResult;
using journal::ControlKind;
using journal::EventKind;
using tests::FakeFleet;
using namespace std::chrono_literals;

namespace {

const apply::RunOptions kListening{.listen = 5s};

/// web-01, web-02, …
FakeFleet& add_hosts(FakeFleet& fleet, int count) {
  for (int i = 1; i <= count; ++i) fleet.add("web-0" + std::to_string(i));
  return fleet;
}

std::vector<std::string> details(FakeFleet& fleet, EventKind kind) {
  std::vector<std::string> result;
  const auto events = fleet.journal.events(fleet.journal.runs()->front().id);
  for (const journal::Event& event : *events) {
    if (event.kind == kind) result.push_back(event.detail);
  }
  return result;
}

/// Notes what it is told of the rollout, and may act on it.
class RolloutView final : public apply::View {
 public:
  void run_started(const plan::Plan&, const std::string&, bool) override {}
  void wave_started(const plan::Wave& wave, std::size_t, std::size_t) override { told.push_back("begin " + wave.name); }
  void wave_finished(const plan::Wave&, const std::string& decision) override { told.push_back(decision); }
  void run_waits(const std::string& reason, std::optional<UtcTime>) override {
    told.push_back(reason);
    if (waits) waits();
  }
  void host_started(const std::string&) override {}
  void action_started(const plan::Action& action) override {
    if (started) started(action);
  }
  void action_progress(const plan::Action&, std::optional<int>, const std::string&) override {}
  void action_succeeded(const plan::Action&, const std::string&) override {}
  void host_finished(const std::string&, const apply::HostOutcome&) override {}
  void run_finished(const apply::Summary&) override {}

  std::vector<std::string> told;
  std::function<void()> waits;
  std::function<void(const plan::Action&)> started;
};

UtcTime first_write(const FakeFleet& fleet, const std::string& host) {
  const auto found = std::ranges::find(fleet.begun, host, &std::pair<UtcTime, std::string>::second);
  REQUIRE(found != fleet.begun.end());
  return found->first;
}

}  // namespace

TEST_CASE("a wave begins when the one before has come to an end, and the numbers of each are told") {
  FakeFleet fleet;
  add_hosts(fleet, 3);
  RolloutView view;
  fleet.view = &view;
  const plan::Plan plan = FakeFleet::in_waves(fleet.make_plan(), {{"web-02"}, {"web-01", "web-03"}});
  REQUIRE(fleet.apply(plan)->exit() == Exit::ok);
  CHECK(first_write(fleet, "web-01") - first_write(fleet, "web-02") >= 5min);
  CHECK(first_write(fleet, "web-01") == first_write(fleet, "web-03"));
  CHECK(view.told == std::vector<std::string>{"begin batch 1", "batch 1: 0/1 failed = 0.0 %: go on", "begin batch 2",
                                              "batch 2: 0/2 failed = 0.0 %: go on"});
  CHECK(details(fleet, EventKind::wave_finished).size() == 2);
}

TEST_CASE("a wave with more failures than it may have is the last one") {
  FakeFleet fleet;
  add_hosts(fleet, 5);
  fleet.machines["web-01"].refuses = true;
  fleet.machines["web-02"].refuses = true;
  plan::Plan plan = FakeFleet::in_waves(fleet.make_plan(), {{"web-01", "web-02", "web-03", "web-04"}, {"web-05"}});
  plan.rollout->waves[0].max_failures = 1;
  const auto summary = fleet.apply(plan);
  CHECK(summary->count(HostResult::failed) == 2);
  CHECK(summary->hosts.at("web-05").result == HostResult::skipped);
  CHECK(fleet.machines["web-05"].flashes == 0);
  CHECK(details(fleet, EventKind::wave_finished) ==
        std::vector<std::string>{"batch 1: 2/4 failed = 50.0 % > 25.0 % (1 of 4 may): stop"});
}

TEST_CASE("hosts that cannot be reached are no failures, and have a limit of their own") {
  FakeFleet fleet;
  add_hosts(fleet, 4);
  fleet.machines["web-03"].unreachable = true;
  fleet.machines["web-04"].unreachable = true;
  plan::Plan plan = FakeFleet::in_waves(fleet.make_plan(), {{"web-01", "web-03"}, {"web-02", "web-04"}});
  plan.max_failures = 0;
  SECTION("without a limit the others go on") {
    const auto summary = fleet.apply(plan);
    CHECK(summary->count(HostResult::done) == 2);
    CHECK(summary->exit() == Exit::hosts_unreachable);
  }
  SECTION("over the limit no host is begun") {
    plan.rollout->max_unreachable = 1;
    const auto summary = fleet.apply(plan);
    CHECK(summary->count(HostResult::done) == 0);
    CHECK(summary->hosts.at("web-01").error->code() == Code::too_many_unreachable);
    CHECK(fleet.begun.empty());
  }
}

TEST_CASE("a budget holds at every instant, and a host that waits for it keeps no other from beginning") {
  FakeFleet fleet;
  add_hosts(fleet, 4);
  plan::Plan plan = FakeFleet::in_waves(fleet.make_plan(), {{"web-01", "web-02", "web-03", "web-04"}});
  plan.rollout->budgets.push_back({.label = "rack", .value = "a", .limit = 1, .hosts = {"web-01", "web-02", "web-03"}});
  REQUIRE(fleet.apply(plan)->exit() == Exit::ok);
  CHECK(first_write(fleet, "web-04") == first_write(fleet, "web-01"));
  CHECK(first_write(fleet, "web-02") - first_write(fleet, "web-01") >= 5min);
  CHECK(first_write(fleet, "web-03") - first_write(fleet, "web-02") >= 5min);
}

TEST_CASE("a wave soaks before the next begins, and a person can end that") {
  for (const bool advanced : {false, true}) {
    CAPTURE(advanced);
    FakeFleet fleet;
    add_hosts(fleet, 2);
    RolloutView view;
    fleet.view = &view;
    if (advanced) view.waits = [&] { fleet.ask(ControlKind::advance); };
    plan::Plan plan = FakeFleet::in_waves(fleet.make_plan(), {{"web-01"}, {"web-02"}});
    plan.rollout->waves[0].soak = 1h;
    plan.rollout->waves[1].soak = 1h;  // nothing comes after it
    REQUIRE(fleet.apply(plan, kListening)->exit() == Exit::ok);
    CHECK(std::ranges::count(view.told, "soak after batch 1") == 1);
    CHECK(std::ranges::count(view.told, "soak after batch 2") == 0);
    CHECK((first_write(fleet, "web-02") - first_write(fleet, "web-01") >= 1h) != advanced);
    CHECK(details(fleet, EventKind::control_seen).size() == (advanced ? 1 : 0));
  }
}

TEST_CASE("a soak that was cut off is resumed for the time that is left") {
  FakeFleet fleet;
  add_hosts(fleet, 2);
  RolloutView view;
  fleet.view = &view;
  apply::Run* running = nullptr;
  fleet.on_start = [&](apply::Run& run) { running = &run; };
  view.waits = [&] { running->detach(); };
  plan::Plan plan = FakeFleet::in_waves(fleet.make_plan(), {{"web-01"}, {"web-02"}});
  plan.rollout->waves[0].soak = 1h;
  const UtcTime begin = fleet.clock.now();
  CHECK(fleet.apply(plan)->hosts.at("web-02").result == HostResult::detached);
  view.waits = nullptr;
  fleet.clock.advance(40min);
  REQUIRE(fleet.resume()->exit() == Exit::ok);
  const Duration took = fleet.clock.now() - begin;
  CHECK(took >= 1h + 10min);
  CHECK(took < 1h + 25min);
  CHECK(fleet.machines["web-01"].flashes == 1);
}

TEST_CASE("after a wave with a gate the run ends as paused, and going on finishes it") {
  FakeFleet fleet;
  add_hosts(fleet, 3);
  plan::Plan plan = FakeFleet::in_waves(fleet.make_plan(), {{"web-01"}, {"web-02"}, {"web-03"}});
  plan.rollout->waves[0].pause = true;
  plan.rollout->waves[1].pause = true;
  const auto paused = fleet.apply(plan);
  CHECK(paused->exit() == Exit::paused);
  CHECK(paused->hosts.at("web-01").result == HostResult::done);
  CHECK(paused->hosts.at("web-02").result == HostResult::held);
  CHECK_FALSE(fleet.journal.runs()->front().finished_at);

  CHECK(fleet.resume()->exit() == Exit::paused);
  CHECK(fleet.machines["web-02"].flashes == 1);
  CHECK(fleet.machines["web-03"].flashes == 0);
  CHECK(fleet.resume()->exit() == Exit::ok);
  CHECK(fleet.journal.runs()->front().finished_at);
  for (const auto& [name, machine] : fleet.machines) CHECK(machine.flashes == 1);
}

TEST_CASE("a person pauses a run from another process: what is begun is seen to its end, nothing else begins") {
  FakeFleet fleet;
  add_hosts(fleet, 3);
  RolloutView view;
  fleet.view = &view;
  view.started = [&](const plan::Action& action) {
    if (action.host == "web-01" && action.type == plan::ActionType::flash) fleet.ask(ControlKind::pause);
  };
  apply::RunOptions one_at_a_time = kListening;
  one_at_a_time.parallelism = 1;
  const auto paused = fleet.apply(fleet.make_plan(), one_at_a_time);
  CHECK(paused->exit() == Exit::paused);
  CHECK(paused->hosts.at("web-01").result == HostResult::done);
  CHECK(paused->hosts.at("web-02").result == HostResult::held);
  CHECK(paused->hosts.at("web-02").error->message() == "web-02 was not started: ann paused the rollout");
  view.started = nullptr;
  CHECK(fleet.resume()->exit() == Exit::ok);
}

TEST_CASE("a pause is taken back while hosts are still at work") {
  FakeFleet fleet;
  add_hosts(fleet, 2);
  RolloutView view;
  fleet.view = &view;
  view.started = [&](const plan::Action& action) {
    if (action.host != "web-01" || action.type != plan::ActionType::flash) return;
    fleet.ask(ControlKind::pause);
    fleet.ask(ControlKind::proceed);
  };
  apply::RunOptions one_at_a_time = kListening;
  one_at_a_time.parallelism = 1;
  CHECK(fleet.apply(fleet.make_plan(), one_at_a_time)->exit() == Exit::ok);
  CHECK(details(fleet, EventKind::paused).size() == 1);
  CHECK(details(fleet, EventKind::continued).size() == 1);
  CHECK(details(fleet, EventKind::control_seen).size() == 2);
}

TEST_CASE("a cancelled rollout begins nothing more, finishes what runs, and is over") {
  FakeFleet fleet;
  add_hosts(fleet, 2);
  RolloutView view;
  fleet.view = &view;
  view.started = [&](const plan::Action& action) {
    if (action.type == plan::ActionType::flash) fleet.ask(ControlKind::cancel);
  };
  const plan::Plan plan = FakeFleet::in_waves(fleet.make_plan(), {{"web-01"}, {"web-02"}});
  const auto summary = fleet.apply(plan, kListening);
  CHECK(summary->hosts.at("web-01").result == HostResult::done);
  CHECK(summary->hosts.at("web-02").result == HostResult::held);
  CHECK(summary->hosts.at("web-02").error->code() == Code::rollout_cancelled);
  CHECK(summary->exit() == Exit::interrupted);
  CHECK(fleet.journal.runs()->front().finished_at);
  CHECK_THROWS(fleet.ask(ControlKind::pause));
}

TEST_CASE("a paused run that is cancelled sends nothing more") {
  FakeFleet fleet;
  add_hosts(fleet, 2);
  plan::Plan plan = FakeFleet::in_waves(fleet.make_plan(), {{"web-01"}, {"web-02"}});
  plan.rollout->waves[0].pause = true;
  REQUIRE(fleet.apply(plan)->exit() == Exit::paused);
  fleet.ask(ControlKind::cancel);
  const std::size_t before = fleet.begun.size();
  CHECK(fleet.resume(kListening)->exit() == Exit::interrupted);
  CHECK(fleet.begun.size() == before);
  CHECK(fleet.journal.runs()->front().finished_at);
}

TEST_CASE("a pause that nobody heard before the run was cut off is overtaken by resuming it") {
  FakeFleet fleet;
  add_hosts(fleet, 2);
  fleet.on_start = [&](apply::Run& run) { run.detach(); };
  REQUIRE(fleet.apply(FakeFleet::in_waves(fleet.make_plan(), {{"web-01"}, {"web-02"}}))->exit() == Exit::interrupted);
  fleet.on_start = nullptr;
  fleet.ask(ControlKind::pause);
  CHECK(fleet.resume(kListening)->exit() == Exit::ok);
}

TEST_CASE("decisions show their numbers") {
  plan::Plan plan;
  plan.max_failures = 2;
  plan.rollout.emplace().max_unreachable = 3;
  const plan::Wave wave{.name = "batch 2", .hosts = {}, .max_failures = 1};
  using apply::decide;
  CHECK(decide(plan, wave, {.hosts = 8, .done = 7, .failed = 1}, {.hosts = 20, .failed = 1}).text ==
        "batch 2: 1/8 failed = 12.5 % <= 12.5 % (1 of 8 may); in all 1 failed, 2 may: go on");
  const auto run = decide(plan, wave, {.hosts = 8, .done = 7, .failed = 1}, {.hosts = 20, .failed = 3});
  CHECK(run.text == "batch 2: 1/8 failed = 12.5 % <= 12.5 % (1 of 8 may); in all 3 failed, 2 may: stop");
  CHECK(run.stop->text == "3 hosts failed, and the manifest allows 2");
  const auto network = decide(plan, wave, {.hosts = 8, .done = 7, .unreachable = 1}, {.hosts = 20, .unreachable = 4});
  CHECK(network.stop->code == Code::too_many_unreachable);
}

TEST_CASE("a wave of which no host is done is the last one, whatever the limits say") {
  FakeFleet fleet;
  add_hosts(fleet, 2);
  fleet.machines["web-01"].refuses = true;
  const auto summary = fleet.apply(FakeFleet::in_waves(fleet.make_plan(), {{"web-01"}, {"web-02"}}));
  CHECK(summary->hosts.at("web-02").result == HostResult::skipped);
  CHECK(details(fleet, EventKind::wave_finished) ==
        std::vector<std::string>{"batch 1: 1/1 failed = 100.0 %; none is done: stop"});
}

TEST_CASE("without limits one host that is less healthy than before ends the rollout") {
  plan::Plan plan;
  plan.rollout.emplace();
  const plan::Wave wave{.name = "canary", .hosts = {}};
  const auto decision =
      apply::decide(plan, wave, {.hosts = 2, .done = 1, .failed = 1, .sick = 1}, {.hosts = 9, .failed = 1, .sick = 1});
  CHECK(decision.stop->code == Code::health_worse);
  CHECK(decision.text == "canary: 1/2 failed = 50.0 %; 1 less healthy than before: stop");
}

// SPDX-License-Identifier: Apache-2.0
// Settings and health, read before the first write and compared after the last action.
#include <catch2/catch.hpp>

#include "engine/apply/guard.h"
#include "engine/apply/run.h"
#include "tests/support/fake_fleet.h"

using namespace firmform;
using apply::HostResult;
using manifest::GuardAction;
using tests::FakeFleet;
using namespace std::chrono_literals;

namespace {

inventory::Setting setting(std::string category, std::string name, std::string value) {
  return {.category = std::move(category), .uri = "/redfish/v1/x", .name = std::move(name), .value = std::move(value)};
}

/// A machine whose flash resets its NTP server, as in xcat#6658.
tests::Machine& add_forgetful(FakeFleet& fleet, const std::string& name) {
  tests::Machine& machine = fleet.add(name);
  machine.settings = {setting("bios", "/Attributes/BootMode", "\"Uefi\""),
                      setting("bmc", "/NTP/NTPServers", "[\"10.0.0.1\"]")};
  machine.settings_after = machine.settings;
  (*machine.settings_after)[1].value = "[]";
  return machine;
}

std::vector<journal::Event> events_of(FakeFleet& fleet, journal::EventKind kind) {
  auto events = *fleet.journal.events(fleet.journal.runs()->front().id);
  std::erase_if(events, [&](const journal::Event& event) { return event.kind != kind; });
  return events;
}

plan::Plan with_gate(plan::Plan plan, manifest::HealthGate gate = {}) {
  std::vector<std::vector<std::string>> waves;
  for (const plan::PlannedHost& host : plan.hosts) waves.push_back({host.name});
  plan = FakeFleet::in_waves(std::move(plan), waves);
  plan.rollout->health = gate;
  return plan;
}

}  // namespace

TEST_CASE("H34: settings that a flash reset are found, and reported, failed or restored by policy") {
  FakeFleet fleet;
  tests::Machine& machine = add_forgetful(fleet, "web-01");
  SECTION("ignored: not even read") {
    const auto summary = fleet.apply(FakeFleet::guarded(fleet.make_plan(), {{"bmc", GuardAction::ignore}}));
    CHECK(summary->exit() == Exit::ok);
    CHECK(events_of(fleet, journal::EventKind::settings).empty());
  }
  SECTION("reported") {
    const auto summary = fleet.apply(FakeFleet::guarded(fleet.make_plan(), {{"bmc", GuardAction::report}}));
    CHECK(summary->exit() == Exit::ok);
    const auto notes = summary->hosts.at("web-01").notes;
    REQUIRE(notes.size() == 1);
    CHECK(notes[0] == "bmc /redfish/v1/x/NTP/NTPServers is [], and was [\"10.0.0.1\"]");
    CHECK(events_of(fleet, journal::EventKind::settings_differ).size() == 1);
  }
  SECTION("failed") {
    const auto summary = fleet.apply(FakeFleet::guarded(fleet.make_plan(), {{"bmc", GuardAction::fail}}));
    const auto outcome = summary->hosts.at("web-01");
    CHECK(outcome.result == HostResult::failed);
    CHECK(outcome.error->code() == Code::settings_changed);
    CHECK(outcome.error->message().find("NTPServers is [], and was [\"10.0.0.1\"]") != std::string::npos);
  }
  SECTION("restored") {
    const auto summary = fleet.apply(FakeFleet::guarded(fleet.make_plan(), {{"bmc", GuardAction::restore}}));
    CHECK(summary->exit() == Exit::ok);
    CHECK(machine.restored == 1);
    CHECK(machine.settings[1].value == "[\"10.0.0.1\"]");
  }
  SECTION("to be restored, and the BMC does not take it") {
    machine.keeps_settings = true;
    const auto summary = fleet.apply(FakeFleet::guarded(fleet.make_plan(), {{"bmc", GuardAction::restore}}));
    CHECK(summary->hosts.at("web-01").error->code() == Code::settings_changed);
  }
}

TEST_CASE("settings that no flash touched send nothing") {
  FakeFleet fleet;
  tests::Machine& machine = add_forgetful(fleet, "web-01");
  machine.settings_after.reset();
  CHECK(fleet.apply(FakeFleet::guarded(fleet.make_plan(), {{"bmc", GuardAction::restore}}))->exit() == Exit::ok);
  CHECK(machine.restored == 0);
}

TEST_CASE("BIOS settings that were put back and wait for a restart are told, not failed") {
  FakeFleet fleet;
  tests::Machine& machine = add_forgetful(fleet, "web-01");
  (*machine.settings_after)[0].value = "\"Legacy\"";
  machine.keeps_settings = true;
  const auto summary = fleet.apply(FakeFleet::guarded(fleet.make_plan(), {{"bios", GuardAction::restore}}));
  CHECK(summary->exit() == Exit::ok);
  CHECK(machine.restored == 1);
  CHECK(summary->hosts.at("web-01").notes.size() == 1);
}

TEST_CASE("what was read before the first write survives a crash") {
  FakeFleet fleet;
  tests::Machine& machine = add_forgetful(fleet, "web-01");
  const plan::Plan plan = FakeFleet::guarded(fleet.make_plan(), {{"bmc", GuardAction::restore}});
  // Begin, the reading, the intent, and the request: the program dies after it.
  fleet.effects.kill_at(5);
  CHECK_THROWS_AS(fleet.apply(plan), tests::Killed);
  fleet.effects.kill_at(0);
  fleet.clock.advance(1h);
  CHECK(fleet.resume()->exit() == Exit::ok);
  CHECK(machine.settings[1].value == "[\"10.0.0.1\"]");
  CHECK(machine.flashes == 1);
}

TEST_CASE("new firmware may bring settings and drop BIOS attributes") {
  const std::map<std::string, GuardAction> guard = {{"bios", GuardAction::fail}, {"bmc", GuardAction::fail}};
  const inventory::Settings before = {setting("bios", "/Attributes/Old", "1"), setting("bmc", "/Users/1", "\"a\"")};
  const inventory::Settings after = {setting("bios", "/Attributes/New", "1")};
  const apply::Differences found = apply::differences(guard, before, after);
  CHECK(found.reported == std::vector<std::string>{"bios /redfish/v1/x/Attributes/New is new: 1",
                                                   "bios /redfish/v1/x/Attributes/Old is gone; it was 1"});
  CHECK(found.failing == std::vector<std::string>{"bmc /redfish/v1/x/Users/1 is gone; it was \"a\""});
}

TEST_CASE("settings fit into the journal and come back from it") {
  inventory::Settings settings = {setting("bmc", "/a", "\"x\\ny\""), setting("bmc", "/long", std::string(5000, 'x'))};
  settings[0].writable = false;
  const inventory::Settings kept = apply::bounded(settings);
  CHECK(kept[0] == settings[0]);
  CHECK(kept[1].value.size() < 100);
  CHECK_FALSE(kept[1].writable);
  CHECK(apply::settings_of(apply::to_json_text(kept)) == kept);
  CHECK(apply::to_json_text(kept).find('\n') == std::string::npos);
  CHECK(apply::settings_of("no JSON").empty());
}

TEST_CASE("a host that is less healthy after its flash has failed, and no further wave begins") {
  FakeFleet fleet;
  tests::Machine& machine = fleet.add("web-01");
  fleet.add("web-02");
  const auto apply_and_expect = [&](const std::string& what) {
    const auto summary = fleet.apply(with_gate(fleet.make_plan(), {.max_log_entries = 2}));
    const auto outcome = summary->hosts.at("web-01");
    CHECK(outcome.result == HostResult::failed);
    CHECK(outcome.error->code() == Code::health_worse);
    CHECK(outcome.error->message().find(what) != std::string::npos);
    CHECK(summary->hosts.at("web-02").result == HostResult::skipped);
    CHECK(fleet.machines["web-02"].flashes == 0);
  };
  machine.health_after = machine.health;
  SECTION("system") {
    machine.health_after->system = "Critical";
    apply_and_expect("the system's health is Critical, and was OK");
  }
  SECTION("a sensor") {
    machine.health_after->sensors["Fan 3"] = "Warning";
    apply_and_expect("sensor Fan 3 is Warning, and was OK");
  }
  SECTION("POST") {
    machine.health_after->post = "InPost";
    apply_and_expect("POST is at InPost, and was at FinishedPost");
  }
  SECTION("its log") {
    machine.health_after->log_entries = 3;
    apply_and_expect("3 new warnings since the change began, and 2 may be");
  }
}

TEST_CASE("a host that was ill before and is no worse now passes its gate") {
  FakeFleet fleet;
  tests::Machine& machine = fleet.add("web-01");
  machine.health.system = "Warning";
  machine.health.sensors["Fan 3"] = "Critical";
  machine.health_after = machine.health;
  machine.health_after->sensors["Fan 3"] = "Warning";
  CHECK(fleet.apply(with_gate(fleet.make_plan()))->exit() == Exit::ok);
}

TEST_CASE("that a host failed its gate is remembered by a resume") {
  FakeFleet fleet;
  tests::Machine& machine = fleet.add("web-01");
  fleet.add("web-02");
  fleet.add("web-03");
  machine.health_after = machine.health;
  machine.health_after->bmc = "Critical";
  plan::Plan plan = FakeFleet::in_waves(fleet.make_plan(), {{"web-01", "web-03"}, {"web-02"}});
  plan.rollout->health.emplace();
  plan.max_failures = 5;
  plan.rollout->waves[0].pause = true;
  CHECK(fleet.apply(plan)->exit() == Exit::hosts_failed);
  machine.health = {};
  const auto resumed = fleet.resume();
  REQUIRE(resumed);
  CHECK(resumed->hosts.at("web-01").result == HostResult::failed);
  CHECK(resumed->hosts.at("web-01").error->code() == Code::health_worse);
  CHECK(resumed->hosts.at("web-02").result == HostResult::done);
}

TEST_CASE("a host that falls ill while its wave soaks ends the rollout") {
  FakeFleet fleet;
  tests::Machine& machine = fleet.add("web-01");
  fleet.add("web-02");
  plan::Plan plan = with_gate(fleet.make_plan());
  plan.rollout->waves[0].soak = 1h;
  machine.falls_ill_at = fleet.clock.now() + 30min;
  const auto summary = fleet.apply(plan);
  REQUIRE(summary);
  CHECK(summary->hosts.at("web-01").result == HostResult::failed);
  CHECK(summary->hosts.at("web-01").error->code() == Code::health_worse);
  CHECK(summary->hosts.at("web-02").result == HostResult::skipped);
  CHECK(events_of(fleet, journal::EventKind::wave_finished).back().detail ==
        "batch 1: 1/1 failed = 100.0 %; 1 less healthy than before: stop");
  CHECK(fleet.machines["web-02"].flashes == 0);
}

// SPDX-License-Identifier: Apache-2.0
#include "engine/watch/flap_guard.h"

#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/journal/memory_journal.h"
#include "engine/plan/codec.h"
#include "tests/support/small_fleet.h"
#include "tests/support/virtual_clock.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using journal::Event;
using journal::EventKind;
using plan::Plan;
using watch::Flap;
using watch::FlapGuard;
using watch::Sending;

constexpr FlapGuard kGuard{.changes = 3, .within = 24h * 7};

/// BMC and two cards on each host; the cards are independent of each other.
SmallFleet cards(const std::string& wanted = "2.0") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.entry("Card", wanted, "card.bin").every = true;
  for (const char* name : {"web-01", "web-02"}) {
    fleet.add(host(name, {bmc("2.46"), component("Card.1", "Card", "1.0"), component("Card.2", "Card", "1.0")}));
  }
  return fleet;
}

Plan plan_of(const SmallFleet& fleet) {
  Parsed<Plan> planned = fleet.plan();
  REQUIRE(planned.value);
  return *planned.value;
}

const plan::Change& change_of(const Plan& plan, const std::string& host, const std::string& address) {
  const auto found = std::ranges::find_if(
      plan.changes, [&](const plan::Change& change) { return change.host == host && change.address == address; });
  REQUIRE(found != plan.changes.end());
  return *found;
}

/// Intents of all that the plan would send to a component.
std::vector<Event> sent_to(const Plan& plan, const std::string& host, const std::string& address, UtcTime at) {
  std::vector<Event> events;
  for (const plan::ActionId id : change_of(plan, host, address).actions) {
    Event event;
    event.at = at;
    event.kind = EventKind::intent;
    event.action = id;
    events.push_back(event);
  }
  return events;
}

std::vector<Sending> times(int count, UtcTime last, const std::string& to = "2.0") {
  std::vector<Sending> all;
  for (int i = 0; i < count; ++i) all.push_back({"web-01", "Card.1", to, last - i * 1h});
  return all;
}

std::vector<std::string> places(const Plan& plan) {
  std::vector<std::string> all;
  for (const plan::Change& change : plan.changes) {
    if (!change.actions.empty()) all.push_back(change.host + "/" + change.address);
  }
  return all;
}

}  // namespace

TEST_CASE("A run counts once for each component that it sent something to, whatever became of it") {
  const Plan plan = plan_of(cards());
  auto events = sent_to(plan, "web-01", "Card.1", kNow);
  const auto again = sent_to(plan, "web-01", "Card.1", kNow + 1h);
  events.insert(events.end(), again.begin(), again.end());
  CHECK(watch::sendings_of(plan, events) == std::vector<Sending>{{"web-01", "Card.1", "2.0", kNow}});
  CHECK(watch::sendings_of(plan, {}).empty());
}

TEST_CASE("A restart that a component shares is not a change of it") {
  Plan plan = plan_of(cards());
  const auto events = sent_to(plan, "web-01", "Card.1", kNow);
  for (plan::Action& action : plan.actions) action.type = plan::ActionType::reset_host;
  CHECK(watch::sendings_of(plan, events).empty());
}

TEST_CASE("A component flaps when it was sent the wanted version as often as the guard says, and is to get it again") {
  const Plan plan = plan_of(cards());
  CHECK(watch::flapping(plan, times(2, kNow), kGuard, kNow).empty());
  const auto flaps = watch::flapping(plan, times(3, kNow), kGuard, kNow);
  REQUIRE(flaps.size() == 1);
  CHECK(flaps.front() == Flap{"web-01", "Card.1", "Card", "2.0", 3, kNow - 2h + kGuard.within});
}

TEST_CASE("What was sent too long ago does not count, and until then the component is left alone") {
  const Plan plan = plan_of(cards());
  const auto sent = times(3, kNow);
  const UtcTime until = watch::flapping(plan, sent, kGuard, kNow).front().until;
  CHECK(watch::flapping(plan, sent, kGuard, until - 1ms).size() == 1);
  CHECK(watch::flapping(plan, sent, kGuard, until).empty());
}

TEST_CASE("Another wanted version is tried at once") {
  const auto sent = times(3, kNow);
  CHECK(watch::flapping(plan_of(cards("3.0")), sent, kGuard, kNow).empty());
}

TEST_CASE("What is as wanted does not flap, however often it was set") {
  Plan plan = plan_of(cards());
  for (plan::Change& change : plan.changes) change.actions.clear();
  CHECK(watch::flapping(plan, times(9, kNow), kGuard, kNow).empty());
}

TEST_CASE("A plan without what flaps has all work that does not need it") {
  const Plan whole = plan_of(cards());
  CHECK(watch::without(whole, {}) == whole);
  // On a host one thing is done after the other: what comes before the card is still done, and what comes after is not.
  const std::vector<std::string> second = {"web-02/Card.1", "web-02/Card.2", "web-02/SystemBMC"};
  for (const char* address : {"SystemBMC", "Card.1", "Card.2"}) {
    const Plan rest = watch::without(whole, {{"web-01", address, "", "", 3, kNow}});
    const auto left = places(rest);
    INFO(address);
    CHECK(std::ranges::includes(left, second));
    CHECK(std::ranges::find(left, std::string("web-01/") + address) == left.end());
    CHECK(rest.header.id == plan::compute_id(rest));
  }
  const Plan without_last = watch::without(whole, {{"web-01", "Card.2", "", "", 3, kNow}});
  CHECK(places(without_last).size() == 5);
}

TEST_CASE("Hosts that come after one that is left alone wait for it, and no others do") {
  SmallFleet fleet = cards();
  fleet.add(host("web-03", {bmc("2.46")}));
  fleet.desired.hosts.at("web-02").after = {fleet.text("web-01")};
  const Plan whole = plan_of(fleet);
  const Plan rest = watch::without(whole, {{"web-01", "SystemBMC", "", "", 3, kNow}});
  CHECK(places(rest) == std::vector<std::string>{"web-03/SystemBMC"});
}

TEST_CASE("A plan of which all flaps has no actions") {
  const Plan whole = plan_of(cards());
  std::vector<Flap> all;
  for (const plan::Change& change : whole.changes) all.push_back({change.host, change.address, "", "", 3, kNow});
  CHECK(watch::without(whole, all).actions.empty());
}

TEST_CASE("The history is the journal's, and each finished run is read once") {
  const Plan plan = plan_of(cards());
  journal::MemoryJournal journal;
  boost::asio::io_context io;
  VirtualClock clock;
  const auto make_run = [&](const std::string& id, UtcTime at, bool finished) {
    REQUIRE(run(io, clock,
                journal.begin({.id = id, .plan_id = id, .started_at = at, .finished_at = {}, .result = {}}, plan)));
    for (const Event& event : sent_to(plan, "web-01", "Card.1", at)) REQUIRE(run(io, clock, journal.append(id, event)));
    if (finished) REQUIRE(run(io, clock, journal.finish(id, at, "ok")));
  };
  make_run("old", kNow - 24h * 30, true);
  make_run("one", kNow - 2h, true);
  make_run("open", kNow - 1h, false);
  watch::History history;
  for (int i = 0; i < 2; ++i) {
    const auto sent = history.since(journal, kNow - kGuard.within);
    REQUIRE(sent);
    CHECK(sent->size() == 2);
  }
}

TEST_CASE("The message names component, count and time") {
  const Error error = watch::to_error({"web-01", "Card.1", "Card", "2.0", 3, kNow}, kGuard);
  CHECK(error.code() == Code::flapping);
  CHECK(error.message() ==
        "web-01/Card was set to 2.0 3 times within 7d and is different again; it is left alone until "
        "2026-11-21T04:00:00Z");
}

}  // namespace firmform::tests

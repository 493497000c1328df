// SPDX-License-Identifier: Apache-2.0
// A check that never fails is none: each promise is broken once, and must be missed.
#include "engine/simulate/promises.h"

#include <catch2/catch.hpp>

#include <chrono>

#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using simulate::Lane;
using simulate::SpanKind;
using simulate::Timeline;

struct Case {
  plan::Plan plan;
  Timeline timeline;
  std::vector<journal::Event> events;

  [[nodiscard]] std::string broken() const { return first_broken(plan, timeline, events).value_or("nothing"); }
};

/// Two hosts in two waves, each with a flash and a verify, the second one after the first.
Case good_case() {
  Case made;
  made.plan.rollout.emplace();
  for (const std::string name : {"a", "b"}) {
    const auto first = static_cast<plan::ActionId>(made.plan.actions.size());
    plan::Action flash{.id = first, .host = name, .type = plan::ActionType::flash, .summary = "flash " + name};
    flash.request = plan::PlannedRequest{};
    plan::Action verify{.id = first + 1, .host = name, .summary = "verify " + name, .needs = {first}};
    made.plan.actions.push_back(flash);
    made.plan.actions.push_back(verify);
    made.plan.rollout->waves.push_back({.name = "wave " + name, .hosts = {name}, .soak = 10min});
    const UtcTime start = kNow + first * 10min;
    made.timeline.lanes.push_back({.host = name,
                                   .model = {},
                                   .wave = first / 2,
                                   .started = start,
                                   .finished = start + 5min,
                                   .spans = {{SpanKind::flash, first, start, start + 4min, {}, false},
                                             {SpanKind::verify, first + 1, start + 4min, start + 5min, {}, false}}});
    made.events.push_back({.at = start, .kind = journal::EventKind::intent, .action = first});
  }
  made.timeline.start = kNow;
  made.timeline.end = kNow + 1h;
  made.timeline.peaks = {{"hosts in flight", 1, 1}, {"rack a12", 0, 7}};
  return made;
}

}  // namespace

TEST_CASE("A good run breaks no promise") {
  CHECK(good_case().broken() == "nothing");
}

TEST_CASE("A BMC that was asked for what it must not be asked for breaks a promise") {
  Case bad = good_case();
  bad.timeline.violations = {{kNow, "a", "\"flash a\" was sent a second time"}};
  CHECK(bad.broken().find("a second time") != std::string::npos);
}

TEST_CASE("A limit that was exceeded breaks a promise") {
  Case bad = good_case();
  bad.timeline.peaks[0].most = 2;
  CHECK(bad.broken() == "hosts in flight: 2 at the same time, and 1 are allowed");
}

TEST_CASE("A host that is begun before the wave ahead is over, or in its soak, breaks a promise") {
  Case bad = good_case();
  *bad.timeline.lanes[1].started = *bad.timeline.lanes[0].finished + 9min;
  CHECK(bad.broken().find("before wave a was over") != std::string::npos);
}

TEST_CASE("A host that is begun outside of the time that its window leaves breaks a promise") {
  Case bad = good_case();
  bad.timeline.lanes[0].window = plan::HeldWindow{
      .name = "night", .start = kNow - 1h, .end = kNow + 1h, .latest_start = kNow - 1min, .expected = 1h};
  CHECK(bad.broken().find("its window night lets it begin") != std::string::npos);
}

TEST_CASE("An action that is begun before what it needs is done breaks a promise") {
  Case bad = good_case();
  bad.timeline.lanes[0].spans[1].start -= 1s;
  CHECK(bad.broken() == "a: \"verify a\" was begun before \"flash a\" was done");
}

TEST_CASE("A write without an intent in the journal breaks a promise") {
  Case bad = good_case();
  bad.events.pop_back();
  CHECK(bad.broken() == "b: \"flash b\" was sent before the journal knew of it");
}

TEST_CASE("Hosts that hand over a place at the same instant are not in work together") {
  const Lane first{.host = "a", .model = {}, .started = kNow, .finished = kNow + 5min};
  const Lane second{.host = "b", .model = {}, .started = kNow + 5min, .finished = kNow + 9min};
  const Lane third{.host = "c", .model = {}, .started = kNow + 4min};
  CHECK(simulate::most_at_once({&first, &second}) == 1);
  CHECK(simulate::most_at_once({&first, &second, &third}) == 2);
  CHECK(simulate::most_at_once({}) == 0);
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
#include "engine/watch/scheduler.h"

#include <catch2/catch.hpp>

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using watch::Cause;
using watch::Due;
using watch::Scheduler;
using watch::Step;

constexpr std::uint64_t kSeed = 7;

SteadyTime at(Duration since) {
  return SteadyTime(since);
}

Scheduler with(Duration interval, Duration jitter = 0ms, Duration poll = 0ms) {
  return {{.interval = interval, .jitter = jitter, .poll = poll}, kSeed};
}

}  // namespace

TEST_CASE("The first cycle is due at once") {
  const Due due = with(15min).next(at(5s));
  CHECK(due.step == Step::reconcile);
  CHECK(due.cause == Cause::start);
  CHECK(due.at == at(5s));
}

TEST_CASE("The interval counts from the end of a cycle, so cycles never overlap") {
  Scheduler scheduler = with(15min);
  scheduler.began();
  scheduler.ended(at(2h), true);
  const Due due = scheduler.next(at(2h));
  CHECK(due.cause == Cause::interval);
  CHECK(due.at == at(2h + 15min));
}

TEST_CASE("A cycle that is overdue is due now, once") {
  Scheduler scheduler = with(15min);
  scheduler.ended(at(0s), true);
  CHECK(scheduler.next(at(48h)).at == at(48h));
  scheduler.began();
  scheduler.ended(at(48h), true);
  CHECK(scheduler.next(at(48h)).at == at(48h + 15min));
}

TEST_CASE("A cycle that did not come to its end is tried again sooner, then ever later, up to the interval") {
  Scheduler scheduler = with(5min);
  std::vector<Duration> delays;
  for (int i = 0; i < 6; ++i) {
    scheduler.ended(at(0s), false);
    CHECK(scheduler.next(at(0s)).cause == Cause::retry);
    delays.push_back(scheduler.next(at(0s)).at - at(0s));
  }
  CHECK(delays == std::vector<Duration>{30s, 1min, 2min, 4min, 5min, 5min});
  scheduler.ended(at(0s), true);
  CHECK(scheduler.failures() == 0);
  CHECK(scheduler.next(at(0s)).at == at(5min));
}

TEST_CASE("A retry never comes later than the interval, however short that is") {
  CHECK(watch::retry_after(1, 10s) == 10s);
  CHECK(watch::retry_after(1000000, 24h) == 24h);
}

TEST_CASE("A new revision and a person are served at once, and what came during a cycle right after it") {
  Scheduler scheduler = with(15min);
  scheduler.ended(at(0s), true);
  scheduler.ask(Cause::revision);
  CHECK(scheduler.next(at(1min)).cause == Cause::revision);
  CHECK(scheduler.next(at(1min)).at == at(1min));
  scheduler.began();
  scheduler.ask(Cause::asked);
  scheduler.ended(at(2min), true);
  CHECK(scheduler.next(at(2min)).cause == Cause::asked);
  scheduler.began();
  scheduler.ended(at(3min), true);
  CHECK(scheduler.next(at(3min)).at == at(18min));
}

TEST_CASE("New revisions are looked for between cycles") {
  Scheduler scheduler = with(15min, 0ms, 4min);
  scheduler.ended(at(0s), true);
  std::vector<Duration> polls;
  Due due = scheduler.next(at(0s));
  while (due.step == Step::poll) {
    polls.push_back(due.at - at(0s));
    scheduler.polled(due.at);
    due = scheduler.next(due.at);
  }
  CHECK(polls == std::vector<Duration>{4min, 8min, 12min});
  CHECK(due.at == at(15min));
}

TEST_CASE("Another pace holds from the last end") {
  Scheduler scheduler = with(15min);
  scheduler.ended(at(1h), true);
  scheduler.set_pace({.interval = 1min, .jitter = 0ms, .poll = 0ms});
  CHECK(scheduler.next(at(1h)).at == at(1h + 1min));
}

TEST_CASE("The jitter is drawn anew for each cycle, the same for the same seed") {
  Scheduler one = with(15min, 5min);
  Scheduler same = with(15min, 5min);
  Scheduler other({.interval = 15min, .jitter = 5min, .poll = 0ms}, kSeed + 1);
  std::vector<SteadyTime> times;
  for (int i = 0; i < 4; ++i) {
    for (Scheduler* scheduler : {&one, &same, &other}) scheduler->ended(at(0s), true);
    CHECK(one.next(at(0s)).at == same.next(at(0s)).at);
    CHECK(one.next(at(0s)).at != other.next(at(0s)).at);
    times.push_back(one.next(at(0s)).at);
  }
  CHECK(times[0] != times[1]);
  CHECK(times[1] != times[2]);
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// The scheduler against a clock that only moves when told: whatever happens in which order, it keeps its pace.
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include "engine/watch/scheduler.h"
#include "tests/support/virtual_clock.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using watch::Cause;
using watch::Due;
using watch::Pace;
using watch::Scheduler;
using watch::Step;

Duration seconds(int least, int most) {
  return std::chrono::seconds(*rc::gen::inRange(least, most + 1));
}

Pace any_pace() {
  const Duration interval = seconds(10, 7200);
  const Duration jitter = std::min(interval, seconds(0, 600));
  const Duration poll = *rc::gen::arbitrary<bool>() ? seconds(10, 300) : Duration(0);
  return {.interval = interval, .jitter = jitter, .poll = poll};
}

/// The loop of a watch, with chance for what the world does.
class Loop {
 public:
  Loop() : pace_(any_pace()), scheduler_(pace_, *rc::gen::arbitrary<std::uint64_t>()) {}

  void turn() {
    const SteadyTime before = clock_.steady_now();
    const Due due = scheduler_.next(before);
    RC_ASSERT(due.at >= before);
    RC_ASSERT(due.at - before <= pace_.interval + pace_.jitter);
    if (due.cause == Cause::asked && due.step == Step::reconcile) RC_ASSERT(due.at == before);
    clock_.advance(due.at - before);
    if (due.step == Step::poll) {
      poll();
    } else {
      reconcile(due);
    }
  }

 private:
  void poll() {
    RC_ASSERT(pace_.poll > Duration(0));
    scheduler_.polled(clock_.steady_now());
    if (*rc::gen::weightedElement<bool>({{1, true}, {5, false}})) scheduler_.ask(Cause::revision);
  }

  void reconcile(const Due& due) {
    const SteadyTime now = clock_.steady_now();
    if (ended_ && due.cause == Cause::interval) RC_ASSERT(now - *ended_ >= pace_.interval);
    if (ended_ && due.cause == Cause::retry) RC_ASSERT(now - *ended_ >= std::min<Duration>(30s, pace_.interval));
    scheduler_.began();
    clock_.advance(seconds(0, 5000));
    if (*rc::gen::weightedElement<bool>({{1, true}, {4, false}})) scheduler_.ask(Cause::asked);
    ended_ = clock_.steady_now();
    scheduler_.ended(*ended_, *rc::gen::weightedElement<bool>({{3, true}, {1, false}}));
  }

  VirtualClock clock_;
  Pace pace_;
  Scheduler scheduler_;
  std::optional<SteadyTime> ended_;
};

}  // namespace

TEST_CASE("A watch never looks sooner than its interval by itself, and never later than interval and jitter") {
  rc::prop("bounds of every wait", [] {
    Loop loop;
    for (int i = 0; i < 60; ++i) loop.turn();
  });
}

TEST_CASE("Over many cycles the jitter is spread over its whole range") {
  Scheduler scheduler({.interval = 900s, .jitter = 100s, .poll = 0ms}, 1);
  int early = 0;
  constexpr int kDraws = 2000;
  for (int i = 0; i < kDraws; ++i) {
    scheduler.ended(SteadyTime(0ms), true);
    const Duration extra = scheduler.next(SteadyTime(0ms)).at - SteadyTime(900s);
    CHECK(extra >= 0ms);
    CHECK(extra < 100s);
    if (extra < 50s) ++early;
  }
  CHECK(early > kDraws * 45 / 100);
  CHECK(early < kDraws * 55 / 100);
}

}  // namespace firmform::tests

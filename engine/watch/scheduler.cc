// SPDX-License-Identifier: Apache-2.0
#include "engine/watch/scheduler.h"

#include <algorithm>

namespace firmform::watch {
namespace {

constexpr Duration kFirstRetry = std::chrono::seconds(30);

/// In [0, 1), the same on every machine.
double unit(std::uint64_t draw) {
  constexpr double kSteps = 9007199254740992.0;  // 2^53
  return static_cast<double>(draw >> 11U) / kSteps;
}

Duration scaled(Duration duration, double factor) {
  return Duration(static_cast<Duration::rep>(static_cast<double>(duration.count()) * factor));
}

}  // namespace

std::string_view to_string(Cause cause) {
  switch (cause) {
    case Cause::start:
      return "start";
    case Cause::interval:
      return "interval";
    case Cause::retry:
      return "retry";
    case Cause::revision:
      return "revision";
    case Cause::asked:
      return "asked";
  }
  return "";
}

Duration retry_after(int failures, Duration interval) {
  Duration delay = kFirstRetry;
  for (int i = 1; i < failures && delay < interval; ++i) delay *= 2;
  return std::min(delay, interval);
}

Scheduler::Scheduler(Pace pace, std::uint64_t seed) : pace_(pace), chance_(seed), share_(unit(chance_())) {}

void Scheduler::ask(Cause cause) {
  asked_ = cause;
}

void Scheduler::ended(SteadyTime now, bool succeeded) {
  ended_ = now;
  polled_ = now;
  failures_ = succeeded ? 0 : failures_ + 1;
  share_ = unit(chance_());
}

/// When nobody asks for anything. The jitter of a retry is as much shorter as its delay.
SteadyTime Scheduler::regular() const {
  const Duration delay = failures_ == 0 ? pace_.interval : retry_after(failures_, pace_.interval);
  const double part = pace_.interval == Duration(0)
                          ? 0
                          : static_cast<double>(delay.count()) / static_cast<double>(pace_.interval.count());
  return *ended_ + delay + scaled(pace_.jitter, share_ * part);
}

Due Scheduler::cycle(SteadyTime now) const {
  if (asked_) return {Step::reconcile, *asked_, now};
  if (!ended_) return {Step::reconcile, Cause::start, now};
  return {Step::reconcile, failures_ == 0 ? Cause::interval : Cause::retry, std::max(regular(), now)};
}

Due Scheduler::next(SteadyTime now) const {
  const Due due = cycle(now);
  if (pace_.poll == Duration(0) || due.at == now) return due;
  const SteadyTime poll = std::max(polled_.value_or(now) + pace_.poll, now);
  return poll < due.at ? Due{Step::poll, Cause::revision, poll} : due;
}

}  // namespace firmform::watch

// SPDX-License-Identifier: Apache-2.0
// HostRun in times in which nothing is sent: others are at work on the BMC, the host has to stay as it is, or its
// window is over.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/apply/host_check.h"
#include "engine/apply/host_run.h"
#include "engine/apply/window_check.h"
#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/make_plan.h"

namespace firmform::apply {
namespace {

using journal::EventKind;
using namespace std::chrono_literals;

constexpr Duration kLongestForeignWork = 2h;
constexpr Duration kBetweenLooks = 30s;
constexpr int kQuietLooks = 3;  // in a row: a BMC that was flashed is idle for a moment before it restarts
constexpr Duration kBetweenQuietLooks = 20s;

/// What others do on the BMC, in words.
std::optional<std::string> foreign_work(const inventory::HostSnapshot& snapshot) {
  return plan::check({.type = plan::Condition::Type::update_service_idle}, snapshot);
}

/// The state that the hold is about, where the plan says it.
std::string state_to_hold(const plan::Action& action) {
  for (const auto* conditions : {&action.preconditions, &action.postconditions}) {
    const auto found = std::ranges::find(*conditions, plan::Condition::Type::power_state, &plan::Condition::type);
    if (found != conditions->end()) return found->value;
  }
  return {};
}

}  // namespace

/// Nothing of ours runs on a host that was not touched yet: what runs there is the work of others.
Task<HostRun::Stop> HostRun::await_foreign_work() {
  const bool waits = shared_.plan.foreign_work != manifest::ForeignWork::refuse;
  if (!waits || !fresh_ || !foreign_work(*fresh_)) co_return std::nullopt;
  const SteadyTime deadline = shared_.world.clock.steady_now() + kLongestForeignWork;
  const UtcTime until = shared_.world.clock.now() + kLongestForeignWork;
  std::string seen;
  for (int quiet = 0;;) {
    if (shared_.detaching) co_return co_await detached(actions_.front());
    const auto work = fresh_ ? foreign_work(*fresh_) : std::nullopt;
    quiet = fresh_ && !work ? quiet + 1 : 0;
    if (quiet == kQuietLooks) break;
    if (work && *work != seen) {
      seen = *work;
      const Status recorded = co_await note(EventKind::waiting, seen);
      if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error()};
      shared_.world.view.run_waits(fmt::format("{} waits for the work of others: {}", host_.name, seen), until);
    }
    if (quiet == 0 && shared_.world.clock.steady_now() >= deadline) {
      const Error error(Code::foreign_work_runs, fmt::format("{}: others were at work for {}: {}", host_.name,
                                                             to_text(kLongestForeignWork), seen));
      co_return HostOutcome{HostResult::moved, error.with_note("nothing was sent to it")};
    }
    co_await wait(quiet > 0 ? kBetweenQuietLooks : kBetweenLooks);
    auto snapshot = co_await look();
    fresh_ = snapshot ? std::optional(std::move(*snapshot)) : std::nullopt;
    if (!fresh_) client_->forget_session();
  }
  co_return reason_after_foreign_work(shared_.plan, host_, actions_, *fresh_, *provider_);
}

/// Leaves the host alone for a while, counted from when that was journaled: also across a crash.
Task<HostRun::Stop> HostRun::hold(plan::ActionId id) {
  if (entry(id).state == ActionState::pending) {
    const Status recorded = co_await record(EventKind::intent, id, action(id).summary);
    if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error()};
    shared_.world.view.action_started(action(id));
  }
  std::string held = state_to_hold(action(id));
  Clock& clock = shared_.world.clock;
  const UtcTime until = entry(id).sent_at + action(id).expected;
  const SteadyTime end = clock.steady_now() + (until - clock.now());
  for (;;) {
    if (shared_.detaching) co_return co_await detached(id);
    const auto snapshot = co_await look();
    if (!snapshot) client_->forget_session();
    const std::string now = snapshot ? snapshot->system.power_state : std::string();
    if (held.empty()) held = now;
    if (!now.empty() && !equals_ignoring_case(now, held)) {
      const Error error(Code::power_not_held, fmt::format("{} had to stay {} until {}, and is {}", host_.name, held,
                                                          to_rfc3339(until), printable(now)));
      co_return co_await stop(id, EventKind::failed, HostResult::failed, error);
    }
    const Duration left = end - clock.steady_now();
    if (left <= 0s && snapshot) {
      co_return co_await succeed(id, fmt::format("stayed {} for {}", held, to_text(action(id).expected)));
    }
    if (-left >= action(id).deadline) co_return co_await give_up(id);
    shared_.world.view.action_progress(action(id), std::nullopt,
                                       snapshot ? fmt::format("the host stays {} until {}", held, to_rfc3339(until))
                                                : std::string("waiting for the BMC to answer"));
    co_await wait(left > 0s ? std::min(left, kBetweenLooks) : kBetweenLooks);
  }
}

/// The host stops where it is: what was begun is over, and the action waits for another window.
Task<HostRun::Stop> HostRun::defer(plan::ActionId id, std::string why) {
  const Error error(Code::window_missed,
                    fmt::format("{}: \"{}\" was not begun: {}", host_.name, action(id).summary, why));
  co_return co_await stop(id, EventKind::deferred, HostResult::deferred, error);
}

}  // namespace firmform::apply

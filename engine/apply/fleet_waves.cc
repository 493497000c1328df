// SPDX-License-Identifier: Apache-2.0
// FleetRun between hosts: budgets, windows, waves, soaks and gates.
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "engine/apply/fleet_run.h"
#include "engine/apply/window_check.h"
#include "engine/base/text.h"

namespace firmform::apply {

using journal::EventKind;

Task<void> FleetRun::run_waves() {
  for (std::size_t i = 0; i < waves_.size(); ++i) {
    co_await run_wave(i);
    if (!in_waves_) continue;
    co_await finish_wave(i);
    co_await gate_after(i);
  }
}

/// Until every host of the wave has come to an end. A host that must wait does not keep those behind it.
Task<void> FleetRun::run_wave(std::size_t index) {
  const plan::Wave& wave = waves_[index];
  std::list<std::string> waiting;
  for (const std::string& host : wave.hosts) {
    if (!touched_.contains(host)) waiting.push_back(host);
  }
  if (in_waves_ && !waiting.empty() && !is_ending() && !stopped_) {
    const bool is_new = !shared_.rollout.waves[index].started;
    if (is_new) co_await note(EventKind::wave_started, std::to_string(index), wave.name);
    shared_.world.view.wave_started(wave, index, waves_.size());
  }
  std::optional<UtcTime> opening;
  std::size_t looked_at = summary_.hosts.size();
  bool is_first = true;
  while (left_[index] > 0) {
    const std::uint64_t seen = shared_.changed.count();
    // What an action changes within its own host is no news for others.
    const bool is_open = opening && shared_.world.clock.now() >= *opening;
    const bool is_news = is_first || is_open || summary_.hosts.size() != looked_at || hosts_need_hosts_ || is_ending();
    if (is_news) {
      looked_at = summary_.hosts.size();
      opening = co_await begin_who_may(waiting, index);
      is_first = false;
    }
    if (opening && running_ == 0) show_wait(waiting.size(), opening);
    if (left_[index] == 0) break;
    const auto until_opening = opening ? std::optional(*opening - shared_.world.clock.now()) : std::nullopt;
    co_await wait_for_change(seen, until_opening);
  }
}

/// Begins every host that may; the time at which the next window opens, if one is waited for.
Task<std::optional<UtcTime>> FleetRun::begin_who_may(std::list<std::string>& waiting, std::size_t wave) {
  std::optional<UtcTime> opening;
  for (auto host = waiting.begin(); host != waiting.end();) {
    const bool is_full = most_hosts_ > 0 && admission_.in_work() >= static_cast<std::size_t>(most_hosts_);
    if (is_full && !is_ending()) break;
    Turn turn = turn_of(*host, wave);
    if (turn.kind == Turn::Kind::begin && !admission_.admit(*host)) turn = Turn();
    if (turn.kind == Turn::Kind::wait) {
      if (turn.opening) opening = opening ? std::min(*opening, *turn.opening) : *turn.opening;
      ++host;
      continue;
    }
    if (turn.kind == Turn::Kind::begin) {
      begun_.insert(*host);
      ++running_;
      co_await spawn(run_host(shared_from_this(), *host));
    } else {
      if (turn.outcome.result == HostResult::deferred) {
        co_await note(EventKind::deferred, *host, turn.outcome.error->message());
      }
      end(*host, std::move(turn.outcome));
    }
    host = waiting.erase(host);
  }
  co_return opening;
}

FleetRun::Turn FleetRun::turn_of(const std::string& host, std::size_t wave) const {
  const auto refused = refused_.find(host);
  if (refused != refused_.end()) return {Turn::Kind::end, refused->second, {}};
  // A pause can be taken back as long as others are at work.
  const bool may_go_on = shared_.rollout.paused && running_ > 0 && !shared_.detaching && !shared_.rollout.cancelled;
  if (may_go_on) return {};
  if (auto stopped = reason_not_to_start(host, wave)) return {Turn::Kind::end, std::move(*stopped), {}};
  if (auto turn = turn_by_others(host, wave)) return std::move(*turn);
  if (auto turn = turn_by_window(host)) return std::move(*turn);
  return {Turn::Kind::begin, {}, {}};
}

/// Waits until every action of other hosts that this host needs has come to an end.
std::optional<FleetRun::Turn> FleetRun::turn_by_others(const std::string& host, std::size_t wave) const {
  for (const plan::ActionId id : work_.at(host)) {
    for (const plan::ActionId needed : shared_.plan.actions[id].needs) {
      const std::string& other = shared_.plan.actions[needed].host;
      if (other == host || shared_.state[needed].state == ActionState::succeeded) continue;
      const bool never = summary_.hosts.contains(other) || wave_of_.at(other) > wave;
      if (!never) return Turn{Turn::Kind::wait, {}, {}};
      const Error error(Code::skipped_after_failure,
                        fmt::format("{} waits for {}, which was not completed", host, other));
      return Turn{Turn::Kind::end, {HostResult::skipped, error, {}}, {}};
    }
  }
  return std::nullopt;
}

std::optional<FleetRun::Turn> FleetRun::turn_by_window(const std::string& host) const {
  if (!shared_.rollout.windows_ignored.empty()) return std::nullopt;
  const plan::PlannedHost& planned = *shared_.plan.host(host);
  if (!planned.window) return std::nullopt;
  const UtcTime opens = planned.window->start;
  const bool is_near = options_.wait_for_window && opens - begun_at_ <= *options_.wait_for_window;
  if (is_near && shared_.world.clock.now() < opens) return Turn{Turn::Kind::wait, {}, opens};
  const Opening opening = opening_of(planned, shared_.world.clock.now());
  if (opening.state == Opening::State::open) return std::nullopt;
  const Error error = Error(Code::window_missed, fmt::format("{} was not started: {}", host, opening.text))
                          .with_note("nothing was sent to it");
  return Turn{Turn::Kind::end, {HostResult::deferred, error, {}}, {}};
}

bool FleetRun::is_ending() const {
  return shared_.broken || shared_.detaching || shared_.rollout.cancelled || shared_.rollout.paused;
}

std::optional<HostOutcome> FleetRun::reason_not_to_start(const std::string& host, std::size_t wave) const {
  const auto not_started = [&](HostResult result, Code code, std::string_view why) {
    const std::string text = fmt::format("{} was not started{}{}", host, why.empty() ? "" : ": ", why);
    return HostOutcome{result, Error(code, text), {}};
  };
  if (shared_.broken) return HostOutcome{HostResult::skipped, *shared_.broken, {}};
  if (shared_.detaching) return not_started(HostResult::detached, Code::detached, {});
  if (shared_.rollout.cancelled)
    return not_started(HostResult::held, Code::rollout_cancelled, "the rollout was cancelled");
  if (shared_.rollout.paused) {
    return not_started(HostResult::held, Code::rollout_paused, shared_.rollout.paused->reason);
  }
  if (stopped_) return not_started(HostResult::skipped, stopped_->code, stopped_->text);
  if (const auto passed = overrun(shared_.plan, waves_[wave], tallies_[wave], total_)) {
    return not_started(HostResult::skipped, passed->code, passed->text);
  }
  return std::nullopt;
}

/// The decision, once all hosts of the wave have come to an end by themselves.
Task<void> FleetRun::finish_wave(std::size_t index) {
  const bool was_cut_short = std::ranges::any_of(waves_[index].hosts, [&](const std::string& host) {
    const HostResult result = summary_.hosts.at(host).result;
    return result == HostResult::detached || result == HostResult::held;
  });
  if (was_cut_short || shared_.broken || waves_[index].hosts.empty()) co_return;
  if (stopped_) co_return;
  const Decision decision = decide(shared_.plan, waves_[index], tallies_[index], total_);
  stopped_ = decision.stop;
  const WaveRecord& record = shared_.rollout.waves[index];
  if (record.finished_at && record.decision == decision.text) co_return;
  co_await note(EventKind::wave_finished, std::to_string(index), decision.text);
  shared_.world.view.wave_finished(waves_[index], decision.text);
}

bool FleetRun::is_left_after(std::size_t index) const {
  for (std::size_t i = index + 1; i < waves_.size(); ++i) {
    const bool any = std::ranges::any_of(
        waves_[i].hosts, [&](const std::string& host) { return !touched_.contains(host) && !refused_.contains(host); });
    if (any) return true;
  }
  return false;
}

/// What stands between a wave and the next: its soak, then a person.
Task<void> FleetRun::gate_after(std::size_t index) {
  if (stopped_ || is_ending() || !is_left_after(index)) co_return;
  co_await soak(index);
  if (stopped_ || is_ending() || !waves_[index].pause || shared_.rollout.waves[index].continued) co_return;
  const std::string reason = fmt::format("the rollout pauses after {}, until a person goes on", waves_[index].name);
  co_await note(EventKind::paused, std::to_string(index), reason);
  shared_.world.view.run_waits(reason, std::nullopt);
}

void FleetRun::show_wait(std::size_t waiting, std::optional<UtcTime> until) {
  const std::string text =
      fmt::format("{} {} for a window to open", counted(waiting, "host"), waiting == 1 ? "waits" : "wait");
  if (text == shown_wait_) return;
  shown_wait_ = text;
  shared_.world.view.run_waits(text, until);
}

/// Until more happens in the run than was seen, or so long.
Task<void> FleetRun::wait_for_change(std::uint64_t seen, std::optional<Duration> longest) {
  using namespace boost::asio::experimental::awaitable_operators;
  if (!longest) {
    co_await shared_.changed.wait_after(seen);
    co_return;
  }
  co_await (shared_.world.clock.sleep(std::max(Duration(1), *longest)) || shared_.changed.wait_after(seen));
}

}  // namespace firmform::apply

// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/fleet_run.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "engine/apply/host_check.h"
#include "engine/base/text.h"

namespace firmform::apply {
namespace {

std::map<std::string, std::vector<plan::ActionId>> actions_by_host(const plan::Plan& plan) {
  std::map<std::string, std::vector<plan::ActionId>> actions;
  for (const plan::Action& action : plan.actions) actions[action.host].push_back(action.id);
  return actions;
}

std::set<std::string> hosts_with_appointments(const plan::Plan& plan) {
  std::set<std::string> hosts;
  for (const plan::Change& change : plan.changes) {
    if (change.scheduled && !change.actions.empty()) hosts.insert(change.host);
  }
  return hosts;
}

int hosts_at_a_time(const plan::Plan& plan, const RunOptions& options) {
  if (plan.max_hosts_in_flight <= 0) return options.parallelism;
  return std::min(plan.max_hosts_in_flight, options.parallelism);
}

std::vector<rollout::Budget> budgets_of(const plan::Plan& plan) {
  std::vector<rollout::Budget> budgets;
  if (!plan.rollout) return budgets;
  for (const plan::Budget& budget : plan.rollout->budgets) {
    budgets.push_back({.label = budget.label,
                       .value = budget.value,
                       .limit = budget.limit,
                       .hosts = {budget.hosts.begin(), budget.hosts.end()},
                       .arithmetic = budget.arithmetic});
  }
  return budgets;
}

/// Every host with actions is in one of them.
std::vector<plan::Wave> waves_of(const plan::Plan& plan,
                                 const std::map<std::string, std::vector<plan::ActionId>>& work) {
  std::vector<plan::Wave> waves;
  std::set<std::string> placed;
  if (plan.rollout) waves = plan.rollout->waves;
  for (plan::Wave& wave : waves) {
    std::erase_if(wave.hosts, [&](const std::string& host) { return !work.contains(host); });
    placed.insert(wave.hosts.begin(), wave.hosts.end());
  }
  plan::Wave others;
  others.name = plan.rollout ? "others" : "all hosts";
  for (const auto& [host, actions] : work) {
    if (!placed.contains(host)) others.hosts.push_back(host);
  }
  if (!others.hosts.empty()) waves.push_back(std::move(others));
  return waves;
}

/// The journal keeps an error as one line that begins with its code.
Error error_in(const std::string& line) {
  const std::size_t colon = line.find(':');
  const auto code = colon == std::string::npos ? std::nullopt : parse_code(line.substr(0, colon));
  if (!code) return {Code::update_failed, line};
  return {*code, std::string(trim(std::string_view(line).substr(colon + 1)))};
}

}  // namespace

FleetRun::FleetRun(World world, const plan::Plan& plan, std::string run_id, std::span<const journal::Event> events,
                   RunOptions options)
    : shared_{world,
              plan,
              std::move(run_id),
              fold(plan.actions.size(), events),
              fold_rollout(events),
              Semaphore(plan.max_uploads_in_flight),
              ImageChecks(world.workers),
              {},
              {},
              false,
              {}},
      options_(std::move(options)),
      check_slots_(options_.checks),
      most_hosts_(hosts_at_a_time(plan, options_)),
      admission_(budgets_of(plan), most_hosts_),
      in_waves_(plan.rollout.has_value()),
      work_(actions_by_host(plan)),
      scheduled_(hosts_with_appointments(plan)),
      resumed_(!events.empty()) {
  waves_ = waves_of(plan, work_);
  tallies_.resize(waves_.size());
  for (std::size_t i = 0; i < waves_.size(); ++i) {
    left_.push_back(waves_[i].hosts.size());
    tallies_[i].hosts = static_cast<int>(waves_[i].hosts.size());
    total_.hosts += tallies_[i].hosts;
    for (const std::string& host : waves_[i].hosts) wave_of_[host] = i;
  }
  for (const auto& [host, actions] : work_) {
    if (!is_untouched(host)) touched_.insert(host);
  }
  hosts_need_hosts_ = std::ranges::any_of(plan.actions, [&](const plan::Action& action) {
    return std::ranges::any_of(action.needs, [&](plan::ActionId id) { return plan.actions[id].host != action.host; });
  });
}

Task<Summary> FleetRun::execute() {
  const SteadyTime begin = shared_.world.clock.steady_now();
  begun_at_ = shared_.world.clock.now();
  summary_.run_id = shared_.run_id;
  co_await hear();
  co_await ignore_windows();
  co_await note_overrides();
  co_await check_untouched_hosts();
  if (options_.listen > Duration(0)) {
    listening_ = true;
    co_await spawn(listen(shared_from_this()));
  }
  co_await begin_touched_hosts();
  co_await run_waves();
  while (running_ > 0) co_await shared_.changed.wait();
  over_.notify();
  while (listening_) co_await shared_.changed.wait();
  summary_.elapsed = shared_.world.clock.steady_now() - begin;
  co_return std::move(summary_);
}

void FleetRun::detach() {
  shared_.detaching = true;
  shared_.interrupted.notify();
  shared_.changed.notify();
}

bool FleetRun::is_untouched(const std::string& host) const {
  return std::ranges::all_of(work_.at(host),
                             [&](plan::ActionId id) { return shared_.state[id].state == ActionState::pending; });
}

/// How a host ended before this process, as far as the journal tells.
std::optional<HostOutcome> FleetRun::known_end(const std::string& host) const {
  const bool all_done = std::ranges::all_of(
      work_.at(host), [&](plan::ActionId id) { return shared_.state[id].state == ActionState::succeeded; });
  const auto found = shared_.rollout.hosts.find(host);
  if (found == shared_.rollout.hosts.end()) return all_done ? std::optional(HostOutcome{}) : std::nullopt;
  const HostRecord& record = found->second;
  if (!record.failure.empty()) return HostOutcome{HostResult::failed, error_in(record.failure), {}};
  const bool is_compared = record.done || (record.health.empty() && record.settings.empty());
  return all_done && is_compared ? std::optional(HostOutcome{}) : std::nullopt;
}

/// Reads every host that nothing was sent to yet before any host is changed. Detaching ends it early.
Task<void> FleetRun::check_untouched_hosts() {
  to_check_ = work_.size() - touched_.size();
  if (to_check_ == 0 || is_ending()) co_return;
  shared_.world.view.checks_started(to_check_);
  for (const auto& [host, actions] : work_) {
    if (!touched_.contains(host)) co_await spawn(check_one(shared_from_this(), host, actions));
  }
  while (checked_ < to_check_ && !shared_.detaching) co_await shared_.changed.wait();
}

Task<void> FleetRun::check_one(Self self, std::string host, Actions actions) {
  const Semaphore::Permit permit = co_await self->check_slots_.acquire();
  std::optional<HostOutcome> against;
  std::optional<Error> bug;
  try {
    if (!shared_.detaching) {
      against = co_await check_host(shared_.world, shared_.plan, *shared_.plan.host(host), actions);
    }
  } catch (const std::exception& exception) {
    bug = Error(Code::internal_error, fmt::format("{}: {}", host, exception.what()));
  }
  if (bug) against = HostOutcome{HostResult::failed, *bug, {}};
  if (against && against->result == HostResult::unreachable) unreachable_.insert(host);
  if (against) refused_[host] = std::move(*against);
  total_.unreachable = static_cast<int>(unreachable_.size());
  ++checked_;
  if (!shared_.detaching) shared_.world.view.host_checked(checked_, to_check_);
  if (checked_ == to_check_) shared_.changed.notify();
}

Task<void> FleetRun::spawn(Task<void> task) {
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::co_spawn(executor, std::move(task), [](std::exception_ptr problem) {
    if (problem) std::rethrow_exception(problem);
  });
}

/// Hosts that were begun before a crash are seen to their end first, whatever became of the others.
Task<void> FleetRun::begin_touched_hosts() {
  for (const std::string& host : touched_) {
    if (auto known = known_end(host)) {
      end(host, std::move(*known));
      continue;
    }
    admission_.readmit(host);
    begun_.insert(host);
    ++running_;
    co_await spawn(run_host(shared_from_this(), host));
  }
}

/// One host from its start to its outcome; a bug in it is its failure, not the fleet's. It has its places already.
Task<void> FleetRun::run_host(Self self, std::string host) {
  HostOutcome outcome;
  std::optional<Error> bug;
  try {
    shared_.world.view.host_started(host);
    HostRun run(self->shared_, *shared_.plan.host(host), self->work_.at(host));
    outcome = co_await run.execute();
  } catch (const std::exception& exception) {
    bug = Error(Code::internal_error, fmt::format("{}: {}", host, exception.what()));
  }
  if (bug) outcome = HostOutcome{HostResult::failed, *bug, {}};
  admission_.leave(host);
  --running_;
  end(host, std::move(outcome));
}

void FleetRun::end(const std::string& host, HostOutcome outcome) {
  const bool was_begun = begun_.contains(host) || touched_.contains(host);
  tallies_[wave_of_.at(host)].count(outcome, was_begun);
  total_.count(outcome, was_begun);
  if (outcome.result == HostResult::unreachable) unreachable_.insert(host);
  total_.unreachable = static_cast<int>(unreachable_.size());
  if (outcome.result == HostResult::done && scheduled_.contains(host)) outcome.result = HostResult::scheduled;
  shared_.world.view.host_finished(host, outcome);
  summary_.hosts[host] = std::move(outcome);
  --left_[wave_of_.at(host)];
  shared_.changed.notify();
}

}  // namespace firmform::apply

// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/run.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <map>
#include <set>

#include "engine/apply/host_check.h"
#include "engine/apply/host_run.h"

namespace firmform::apply {
namespace {

using journal::EventKind;

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

}  // namespace

class Run::Impl : public std::enable_shared_from_this<Run::Impl> {
 public:
  Impl(World world, const plan::Plan& plan, std::string run_id, RunState state, RunOptions options)
      : shared_{world,
                plan,
                std::move(run_id),
                std::move(state),
                Semaphore(plan.max_uploads_in_flight),
                ImageChecks(world.workers),
                {},
                {},
                false,
                {}},
        slots_(hosts_at_a_time(plan, options)),
        check_slots_(options.checks),
        work_(actions_by_host(plan)),
        scheduled_(hosts_with_appointments(plan)) {
    if (shared_.state.empty()) shared_.state.resize(plan.actions.size());
  }

  Task<Summary> execute() {
    const SteadyTime begin = shared_.world.clock.steady_now();
    summary_.run_id = shared_.run_id;
    co_await check_untouched_hosts();
    co_await run_hosts();
    summary_.elapsed = shared_.world.clock.steady_now() - begin;
    co_return std::move(summary_);
  }

  void detach() {
    shared_.detaching = true;
    shared_.interrupted.notify();
    shared_.changed.notify();
  }

  [[nodiscard]] const Shared& shared() const { return shared_; }

 private:
  using Actions = std::vector<plan::ActionId>;

  [[nodiscard]] bool is_untouched(const Actions& actions) const {
    return std::ranges::all_of(actions,
                               [&](plan::ActionId id) { return shared_.state[id].state == ActionState::pending; });
  }

  /// Reads every host that nothing was sent to yet before any host is changed. Detaching ends it early.
  Task<void> check_untouched_hosts() {
    for (const auto& [host, actions] : work_) {
      if (is_untouched(actions)) ++to_check_;
    }
    if (to_check_ == 0 || shared_.detaching) co_return;
    shared_.world.view.checks_started(to_check_);
    for (const auto& [host, actions] : work_) {
      if (is_untouched(actions)) co_await spawn(check_one(shared_from_this(), host, actions));
    }
    while (checked_ < to_check_ && !shared_.detaching) co_await shared_.changed.wait();
  }

  Task<void> check_one(std::shared_ptr<Impl> self, std::string host, Actions actions) {
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
    if (bug) against = HostOutcome{HostResult::failed, *bug};
    if (against) refused_[host] = std::move(*against);
    ++checked_;
    if (!shared_.detaching) shared_.world.view.host_checked(checked_, to_check_);
    if (checked_ == to_check_) shared_.changed.notify();
  }

  Task<void> run_hosts() {
    left_ = work_.size();
    for (const auto& [host, actions] : work_) co_await spawn(run_host(shared_from_this(), host, actions));
    while (left_ > 0) co_await shared_.changed.wait();
  }

  static Task<void> spawn(Task<void> task) {
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::co_spawn(executor, std::move(task), [](std::exception_ptr problem) {
      if (problem) std::rethrow_exception(problem);
    });
  }

  /// One host from waiting for its turn to its outcome; a bug in it is its failure, not the fleet's.
  Task<void> run_host(std::shared_ptr<Impl> self, std::string host, Actions actions) {
    HostOutcome outcome;
    std::optional<Error> bug;
    const auto refused = self->refused_.find(host);
    try {
      if (refused != self->refused_.end()) {
        outcome = refused->second;
      } else {
        outcome = co_await self->take_turn(host, actions);
      }
    } catch (const std::exception& exception) {
      bug = Error(Code::internal_error, fmt::format("{}: {}", host, exception.what()));
    }
    if (bug) outcome = HostOutcome{HostResult::failed, *bug};
    const bool went_wrong = outcome.result == HostResult::failed || outcome.result == HostResult::unknown;
    if (went_wrong && refused == self->refused_.end()) ++failed_;
    if (outcome.result == HostResult::done && scheduled_.contains(host)) outcome.result = HostResult::scheduled;
    shared_.world.view.host_finished(host, outcome);
    summary_.hosts[host] = std::move(outcome);
    finished_.push_back(host);
    --left_;
    shared_.changed.notify();
  }

  Task<HostOutcome> take_turn(const std::string& host, const Actions& actions) {
    const bool all_done = std::ranges::all_of(
        actions, [&](plan::ActionId id) { return shared_.state[id].state == ActionState::succeeded; });
    if (all_done) co_return HostOutcome{};
    if (auto blocked = co_await wait_for_others(actions)) co_return std::move(*blocked);
    const Semaphore::Permit permit = co_await slots_.acquire();
    // A host that was begun before a crash is seen to its end whatever else failed.
    if (is_untouched(actions)) {
      if (auto stopped = reason_not_to_start(host)) co_return std::move(*stopped);
    }
    shared_.world.view.host_started(host);
    HostRun run(shared_, *shared_.plan.host(host), actions);
    co_return co_await run.execute();
  }

  /// Waits until every action of other hosts that this host needs has come to an end.
  Task<std::optional<HostOutcome>> wait_for_others(const Actions& actions) {
    for (const plan::ActionId id : actions) {
      const plan::Action& action = shared_.plan.actions[id];
      for (const plan::ActionId needed : action.needs) {
        const plan::Action& other = shared_.plan.actions[needed];
        if (other.host == action.host) continue;
        while (shared_.state[needed].state != ActionState::succeeded) {
          if (shared_.detaching || std::ranges::count(finished_, other.host) > 0) {
            const Error error(Code::skipped_after_failure,
                              fmt::format("{} waits for {}, which was not completed", action.host, other.host));
            co_return HostOutcome{HostResult::skipped, error};
          }
          co_await shared_.changed.wait();
        }
      }
    }
    co_return std::nullopt;
  }

  [[nodiscard]] std::optional<HostOutcome> reason_not_to_start(const std::string& host) const {
    if (shared_.broken) return HostOutcome{HostResult::skipped, *shared_.broken};
    if (shared_.detaching) {
      return HostOutcome{HostResult::detached, Error(Code::detached, fmt::format("{} was not started", host))};
    }
    const std::optional<int> limit = shared_.plan.max_failures;
    if (limit && failed_ > *limit) {
      return HostOutcome{
          HostResult::skipped,
          Error(Code::skipped_after_failure,
                fmt::format("{} was not started: {} hosts failed, and the manifest allows {}", host, failed_, *limit))};
    }
    return std::nullopt;
  }

  Shared shared_;
  Semaphore slots_;
  Semaphore check_slots_;
  std::map<std::string, Actions> work_;         ///< by host
  std::set<std::string> scheduled_;             ///< hosts that do a part of it by themselves later
  std::map<std::string, HostOutcome> refused_;  ///< by the checks: nothing is sent to these
  std::size_t to_check_ = 0;
  std::size_t checked_ = 0;
  std::size_t left_ = 0;
  int failed_ = 0;
  std::vector<std::string> finished_;
  Summary summary_;
};

Run::Run(World world, const plan::Plan& plan, std::string run_id, RunState state, RunOptions options)
    : impl_(std::make_shared<Impl>(world, plan, std::move(run_id), std::move(state), options)) {}

Run::~Run() = default;

Task<Summary> Run::execute() {
  return impl_->execute();
}

void Run::detach() {
  impl_->detach();
}

const std::string& Run::id() const {
  return impl_->shared().run_id;
}

const plan::Plan& Run::plan() const {
  return impl_->shared().plan;
}

namespace {

/// Executes and closes the run, unless something is left that a resume must look at.
Task<Result<Summary>> carry_out(World world, Run& run, std::string run_id) {
  Summary summary = co_await run.execute();
  const bool open = summary.count(HostResult::detached) > 0;
  if (!open) {
    const Status finished =
        co_await world.journal.finish(run_id, world.clock.now(), std::string(exit_name(summary.exit())));
    if (!finished) co_return fail(finished.error());
  }
  world.view.run_finished(summary);
  co_return summary;
}

/// Sortable by time and unique: the plan's digest tells runs of the same second apart.
std::string make_run_id(UtcTime now, const plan::Plan& plan) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  return fmt::format("{:x}-{}", seconds, plan.header.id.substr(0, 8));
}

}  // namespace

Status no_unfinished_run(journal::Journal& journal) {
  const auto runs = journal.runs();
  if (!runs) return fail(runs.error());
  for (const journal::Run& earlier : *runs) {
    if (!earlier.finished_at) {
      return fail(Code::run_unfinished, fmt::format("run {} was cut off and is not finished", earlier.id));
    }
  }
  return {};
}

Task<Result<Summary>> start_run(World world, const plan::Plan& plan, RunOptions options,
                                std::function<void(Run&)> started) {
  const Status free = no_unfinished_run(world.journal);
  if (!free) co_return fail(free.error());
  journal::Run record{
      .id = make_run_id(world.clock.now(), plan), .plan_id = plan.header.id, .started_at = world.clock.now()};
  const std::string run_id = record.id;
  const Status begun = co_await world.journal.begin(std::move(record), plan);
  if (!begun) co_return fail(begun.error());
  Run run(world, plan, run_id, {}, options);
  if (started) started(run);
  world.view.run_started(plan, run_id, false);
  co_return co_await carry_out(world, run, run_id);
}

Task<Result<Summary>> resume_run(World world, RunOptions options, std::function<void(Run&)> started) {
  const auto runs = world.journal.runs();
  if (!runs) co_return fail(runs.error());
  const auto open = std::ranges::find_if(*runs, [](const journal::Run& run) { return !run.finished_at; });
  if (open == runs->end()) co_return fail(Code::nothing_to_resume, "no run in the journal is unfinished");
  const auto plan = world.journal.plan_of(open->id);
  if (!plan) co_return fail(plan.error());
  const auto events = world.journal.events(open->id);
  if (!events) co_return fail(events.error());
  Run run(world, *plan, open->id, fold(plan->actions.size(), *events), options);
  if (started) started(run);
  world.view.run_started(*plan, open->id, true);
  co_return co_await carry_out(world, run, open->id);
}

}  // namespace firmform::apply

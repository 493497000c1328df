// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/watcher.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "engine/apply/window_check.h"
#include "engine/cli/fleet_plan.h"
#include "engine/cli/plan_signatures.h"
#include "engine/cli/policy_gate.h"
#include "engine/cli/scaled_clock.h"
#include "engine/cli/watch_runs.h"
#include "engine/journal/lock.h"
#include "engine/journal/sqlite_journal.h"
#include "engine/report/fleet_formats.h"

namespace firmform::cli {
namespace {

using watch::Cycle;
using watch::CycleResult;
using watch::Phase;

UtcTime now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// Runs the task on a loop of its own, and keeps the pulse meanwhile.
template <class T>
T run_beating(watch::Pulse& pulse, Task<T> task) {
  boost::asio::io_context loop(1);
  std::optional<T> result;
  std::exception_ptr problem;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr thrown, T value) {
    problem = thrown;
    if (!thrown) result.emplace(std::move(value));
    loop.stop();
  });
  boost::asio::co_spawn(loop, watch::keep_beating(pulse), boost::asio::detached);
  loop.run();
  if (problem) std::rethrow_exception(problem);
  return std::move(*result);
}

/// Whether at least one host with work may begin now; else a run would only say that none may.
bool has_open_host(const plan::Plan& plan) {
  return std::ranges::any_of(plan.actions, [&](const plan::Action& action) {
    const plan::PlannedHost* host = plan.host(action.host);
    return host == nullptr || apply::opening_of(*host, now()).state == apply::Opening::State::open;
  });
}

/// Equal for equal drift, whenever it is found.
std::string key_of(const plan::Drift& drift) {
  std::string key;
  for (const plan::DriftEntry& entry : drift.entries) {
    key += fmt::format("{}/{} {} {} {}\n", entry.host, entry.component, to_string(entry.drift), entry.from.value_or(""),
                       entry.to);
  }
  return key;
}

}  // namespace

/// The fleet as it was read and what there is to do.
struct Watcher::Look {
  PlannedFleet fleet;
  plan::Drift drift;
};

Watcher::Watcher(WatchOptions options, WatchPlace place)
    : options_(std::move(options)), place_(place), tree_(place.context.directory), settings_(options_.over({})) {}

bool Watcher::has_news() {
  enter(Phase::polling);
  const auto news = run_beating(place_.pulse, tree_.has_news());
  enter(Phase::waiting);
  return news && *news;
}

Cycle Watcher::reconcile(watch::Cause cause) {
  const auto begun = std::chrono::steady_clock::now();
  Cycle cycle;
  cycle.number = ++cycles_;
  cycle.cause = cause;
  cycle.began = now();
  problems_.clear();
  findings_.clear();
  decided_ = false;
  superseded_ = false;
  if (options_.git) fetch(cycle);
  go(cycle);
  cycle.took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begun);
  enter(Phase::waiting);
  place_.console.problems(problems_ + findings_);
  return cycle;
}

void Watcher::go(Cycle& cycle) {
  if (place_.attendant.stopping()) return conclude(cycle, CycleResult::interrupted, Exit::interrupted);
  enter(Phase::looking);
  auto project = open(cycle);
  if (cycle.cause == watch::Cause::asked) place_.manager.ready();
  if (!project) return;
  if (!take_up_unfinished(*project, cycle)) return;
  auto found = look(*project, cycle);
  if (!found) return;
  if (may_apply(*project, *found, cycle)) {
    const auto part = unflapping(*project, found->fleet.plan, cycle);
    if (!part) return;
    if (has_open_host(*part) && apply(*project, *part, cycle)) {
      enter(Phase::looking);
      found = look(*project, cycle);
      if (!found) return;
    }
  }
  show(*project, *found, cycle);
  tell(*project, *found, cycle);
}

/// The commit at hand is used, whatever keeps it from being the newest; only what is in no commit is not carried out.
void Watcher::fetch(Cycle& cycle) {
  enter(Phase::polling);
  const auto revision = run_beating(place_.pulse, tree_.follow());
  const std::string problem = revision ? revision->problem : revision.error().message();
  dirty_ = !revision || revision->dirty;
  if (revision) known_revision_ = revision->commit;
  place_.board.write([&](watch::State& state) { state.revision_problem = problem; });
  if (!problem.empty()) note(cycle, Error(Code::revision_unavailable, problem));
}

std::optional<Project> Watcher::open(Cycle& cycle) {
  constexpr std::size_t kShownDigits = 12;
  Captured captured(place_.context);
  auto project = open_project(captured.context());
  if (!project) {
    cycle.revision = known_revision_.substr(0, kShownDigits);
    fail_cycle(cycle, captured.text(), project.error());
    return std::nullopt;
  }
  cycle.manifest_valid = true;
  const std::string& revision = known_revision_.empty() ? project->desired.digest : known_revision_;
  cycle.revision = revision.substr(0, kShownDigits);
  settings_ = options_.over(project->desired.watch);
  place_.console.settings(settings_);
  place_.board.write([&](watch::State& state) {
    state.revision = cycle.revision;
    state.apply = settings_.apply;
    state.interval = settings_.interval;
    state.jitter = settings_.jitter;
  });
  return std::move(*project);
}

/// What was cut off comes before anything new; what waits for a person goes on waiting. False: the cycle is over.
bool Watcher::take_up_unfinished(const Project& project, Cycle& cycle) {
  if (!journal::Lock::holder(project.state_directory()).empty()) {
    conclude(cycle, CycleResult::busy, Exit::locked);
    return true;
  }
  const auto unfinished = unfinished_run(project.state_directory());
  if (!unfinished) {
    note(cycle, unfinished.error());
    conclude(cycle, CycleResult::failed, Exit::journal_unavailable);
    return false;
  }
  if (!*unfinished) return true;
  cycle.run_id = (*unfinished)->id;
  if ((*unfinished)->paused) {
    conclude(cycle, CycleResult::paused, Exit::paused);
    return true;
  }
  if (!settings_.apply) {
    note(cycle, Error(Code::run_unfinished, fmt::format("run {} was cut off, and is not finished", cycle.run_id)));
    return true;
  }
  const auto session = take_lock(project, cycle);
  if (!session) return true;
  if (*session) carry_out(**session, project, cycle, [](RunSession& held) { return held.resume(); });
  enter(Phase::looking);
  return cycle.result != CycleResult::interrupted;
}

std::optional<Watcher::Look> Watcher::look(const Project& project, Cycle& cycle) {
  std::vector<std::string> names;
  for (const auto& [name, host] : project.desired.hosts) names.push_back(name);
  Captured captured(place_.context);
  Runtime runtime(project.directory, names.size());
  boost::asio::co_spawn(runtime.loop(), watch::keep_beating(place_.pulse), boost::asio::detached);
  auto inventory =
      read_live(runtime, targets_of(project, names), {.parallelism = options_.read_parallelism}, captured.context());
  auto planned = plan_on(project, project.desired, std::move(inventory), captured.context());
  if (!planned) {
    fail_cycle(cycle, captured.text(), planned.error());
    return std::nullopt;
  }
  keep_results(planned->plan, judged(planned->plan, project, captured.context()));
  captured.context().report(planned->diagnostics, *project.sources);
  findings_ = captured.text();
  plan::Drift drift = plan::drift_of(planned->plan, project.desired.policies);
  return Look{std::move(*planned), std::move(drift)};
}

/// Why nothing of it is carried out is in the cycle.
bool Watcher::may_apply(const Project& project, const Look& look, Cycle& cycle) {
  if (look.fleet.plan.actions.empty()) return false;
  const bool goes_on = !decided_ || cycle.result == CycleResult::applied || cycle.result == CycleResult::drifted ||
                       cycle.result == CycleResult::incomplete;
  if (!settings_.apply || dirty_ || !goes_on) return false;
  Captured captured(place_.context);
  if (refuse(look.fleet.plan.policies, captured.context()) != Exit::ok) {
    cycle.notes.push_back(headline(captured.text()));
    conclude(cycle, CycleResult::denied, Exit::denied);
    return false;
  }
  if (const Status allowed = check_unsaved(look.fleet.plan, project); !allowed) {
    note(cycle, allowed.error());
    conclude(cycle, CycleResult::denied, Exit::denied);
    return false;
  }
  return true;
}

/// The plan without what flaps; nothing when the journal does not tell what does.
std::optional<plan::Plan> Watcher::unflapping(const Project& project, const plan::Plan& plan, Cycle& cycle) {
  const watch::FlapGuard guard = watch::guard_of(settings_);
  const auto sent = sent_since(project.state_directory(), now() - guard.within, history_);
  if (!sent) {
    note(cycle, sent.error());
    conclude(cycle, CycleResult::failed, Exit::journal_unavailable);
    return std::nullopt;
  }
  cycle.flaps = watch::flapping(plan, *sent, guard, now());
  for (const watch::Flap& flap : cycle.flaps) note(cycle, watch::to_error(flap, guard));
  return watch::without(plan, cycle.flaps);
}

/// Null when another process holds the lock, or the watch is told to end; both are in the cycle.
OrExit<std::unique_ptr<RunSession>> Watcher::take_lock(const Project& project, Cycle& cycle) {
  // From here on a signal must not end the process at once.
  enter(Phase::applying);
  if (place_.attendant.stopping()) {
    conclude(cycle, CycleResult::interrupted, Exit::interrupted);
    return std::unique_ptr<RunSession>();
  }
  auto session = RunSession::open(project.directory, "watch", place_.arguments, place_.context);
  if (session) return session;
  conclude(cycle, session.error() == Exit::locked ? CycleResult::busy : CycleResult::failed, session.error());
  return leave(session.error());
}

/// True when the fleet is to be looked at again.
bool Watcher::apply(const Project& project, const plan::Plan& plan, Cycle& cycle) {
  const auto session = take_lock(project, cycle);
  if (!session || !*session) return false;
  carry_out(**session, project, cycle, [&plan](RunSession& held) { return held.start(plan); });
  return cycle.result != CycleResult::interrupted && cycle.result != CycleResult::failed;
}

template <class Start>
void Watcher::carry_out(RunSession& session, const Project& project, Cycle& cycle, Start start) {
  Captured captured(place_.context);
  auto notifying = Notifying::open(project, place_.arguments, captured.context());
  if (!notifying) cycle.notes.push_back(headline(captured.text()));
  auto& loop = session.runtime().loop();
  boost::asio::co_spawn(loop, watch::keep_beating(place_.pulse), boost::asio::detached);
  std::string run_id;
  session.add_view(make_run_id_view(run_id));
  if (options_.git) {
    boost::asio::co_spawn(loop, supersede(project.state_directory(), run_id), boost::asio::detached);
  }
  if (notifying) notifying->follow(session, "watch");
  const Exit exit = start(session);
  if (notifying) notifying->finish(place_.context);
  cycle.run_id = run_id;
  if (!session.summary()) return conclude(cycle, CycleResult::failed, exit);
  for (const auto& [host, outcome] : session.summary()->hosts) {
    ++cycle.outcomes[std::string(apply::to_string(outcome.result))];
  }
  if (place_.attendant.stopping()) return conclude(cycle, CycleResult::interrupted, exit);
  conclude(cycle, result_of(*session.summary(), exit), exit);
}

/// Hosts that are not begun are better begun with the newer revision; those at work are seen to their end.
Task<void> Watcher::supersede(std::filesystem::path state, const std::string& run_id) {
  const auto clock = make_clock();
  while (!superseded_) {
    co_await clock->sleep(options_.poll);
    if (run_id.empty()) continue;
    const auto news = co_await tree_.has_news();
    if (!news || !*news) continue;
    auto journal = journal::open_sqlite_journal(state);
    if (!journal) continue;
    journal::Control wish{.sequence = 0,
                          .at = now(),
                          .kind = journal::ControlKind::cancel,
                          .by = "firmform watch, for a newer revision of the manifest"};
    const auto asked = co_await (*journal)->ask(run_id, std::move(wish));
    superseded_ = asked.has_value();
  }
}

/// For those who look: numbers, metrics, and the result where nothing was decided before.
void Watcher::show(const Project& project, const Look& look, Cycle& cycle) {
  const plan::Plan& plan = look.fleet.plan;
  watch::Picture picture;
  picture.hosts = look.drift.hosts;
  picture.hosts_in_line = look.drift.hosts_in_line;
  for (const plan::PlannedHost& host : plan.hosts) ++picture.hosts_by_status[host.status];
  for (const plan::DriftEntry& entry : look.drift.entries) ++picture.drift[entry.drift];
  picture.actions = plan.actions.size();
  if (!decided_) {
    const bool drifted = picture.hosts_in_line < picture.hosts;
    conclude(cycle, drifted ? CycleResult::drifted : CycleResult::in_line, Exit::ok);
  }
  exit_ = worst(exit_, look.drift.exit());
  cycle.picture = std::move(picture);
  std::string metrics = report::prometheus_report({.verb = "watch",
                                                   .plan = plan,
                                                   .drift = look.drift,
                                                   .diagnostics = look.fleet.diagnostics,
                                                   .sources = *project.sources,
                                                   .exit = exit_,
                                                   .at = plan.header.created_at,
                                                   .inventory = &look.fleet.inventory});
  place_.board.write([&](watch::State& state) { state.fleet_metrics = std::move(metrics); });
}

/// Receivers hear of drift when it is another than they know of.
void Watcher::tell(const Project& project, const Look& look, Cycle& cycle) {
  const std::string key = key_of(look.drift);
  if (!place_.arguments.has("notify") || key == told_drift_) return;
  Captured captured(place_.context);
  const auto notifying = Notifying::open(project, place_.arguments, captured.context());
  Exit told = notifying ? Exit::ok : notifying.error();
  if (notifying) {
    told = notifying->tell({.verb = "drift",
                            .plan = look.fleet.plan,
                            .drift = look.drift,
                            .diagnostics = look.fleet.diagnostics,
                            .sources = *project.sources,
                            .exit = look.drift.exit(),
                            .at = look.fleet.plan.header.created_at},
                           captured.context());
  }
  if (told == Exit::ok) {
    told_drift_ = key;
    return;
  }
  cycle.notes.push_back(headline(captured.text()));
  problems_ += captured.text();
}

void Watcher::enter(Phase phase) {
  place_.board.write([&](watch::State& state) {
    state.phase = phase;
    if (phase != Phase::waiting && phase != Phase::polling) state.next.reset();
  });
}

void Watcher::conclude(Cycle& cycle, CycleResult result, Exit exit) {
  cycle.result = result;
  decided_ = true;
  exit_ = exit;
}

void Watcher::fail_cycle(Cycle& cycle, const std::string& rendered, Exit exit) {
  findings_ = rendered;
  cycle.notes.insert(cycle.notes.begin(), headline(rendered));
  conclude(cycle, CycleResult::failed, exit);
}

void Watcher::note(Cycle& cycle, const Error& error) {
  cycle.notes.push_back(error.one_line());
  problems_ += render(to_diagnostic(error), SourceMap(), {.color = false});
}

}  // namespace firmform::cli

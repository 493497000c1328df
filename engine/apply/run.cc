// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/apply/fleet_run.h"

namespace firmform::apply {

Run::Run(World world, const plan::Plan& plan, std::string run_id, std::span<const journal::Event> events,
         RunOptions options)
    : fleet_(std::make_shared<FleetRun>(world, plan, std::move(run_id), events, std::move(options))) {}

Run::~Run() = default;

Task<Summary> Run::execute() {
  return fleet_->execute();
}

void Run::detach() {
  fleet_->detach();
}

const std::string& Run::id() const {
  return fleet_->shared().run_id;
}

const plan::Plan& Run::plan() const {
  return fleet_->shared().plan;
}

namespace {

/// Whether something is left that a resume has to do.
bool is_open(const Summary& summary) {
  return std::ranges::any_of(summary.hosts, [](const auto& entry) {
    const HostOutcome& outcome = entry.second;
    const bool is_paused = outcome.error && outcome.error->code() == Code::rollout_paused;
    return outcome.result == HostResult::detached || is_paused;
  });
}

/// What a resume begins with: a mark in the journal, and an end to the pause.
Task<Status> take_up(World world, std::string run_id, const std::vector<journal::Event>& earlier) {
  const std::optional<Pause> paused = fold_rollout(earlier).paused;
  journal::Event event;
  event.at = world.clock.now();
  event.kind = journal::EventKind::resumed;
  Status recorded = co_await world.journal.append(run_id, event);
  if (!recorded || !paused) co_return recorded;
  event.kind = journal::EventKind::continued;
  if (paused->wave) event.subject = std::to_string(*paused->wave);
  event.detail = "taken up again";
  co_return co_await world.journal.append(run_id, event);
}

/// Executes and closes the run, unless something is left that a resume must look at.
Task<Result<Summary>> carry_out(World world, Run& run, std::string run_id) {
  Summary summary = co_await run.execute();
  if (!is_open(summary)) {
    const Status finished =
        co_await world.journal.finish(run_id, world.clock.now(), std::string(exit_name(summary.exit())));
    if (!finished) co_return fail(finished.error());
  }
  world.view.run_finished(summary);
  co_return summary;
}

/// Sortable by time and unique: the plan's digest tells runs of the same second apart, and a number those of one plan.
std::string make_run_id(UtcTime now, const plan::Plan& plan, const std::vector<journal::Run>& known) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const std::string id = fmt::format("{:x}-{}", seconds, plan.header.id.substr(0, 8));
  const auto same = std::ranges::count_if(known, [&](const journal::Run& run) { return run.id.starts_with(id); });
  return same == 0 ? id : fmt::format("{}-{}", id, same + 1);
}

}  // namespace

Status no_unfinished_run(journal::Journal& journal) {
  const auto runs = journal.runs();
  if (!runs) return fail(runs.error());
  for (const journal::Run& earlier : *runs) {
    if (!earlier.finished_at) {
      return fail(Code::run_unfinished, fmt::format("run {} was cut off or paused, and is not finished", earlier.id));
    }
  }
  return {};
}

Task<Result<Summary>> start_run(World world, const plan::Plan& plan, RunOptions options,
                                std::function<void(Run&)> started) {
  const Status free = no_unfinished_run(world.journal);
  if (!free) co_return fail(free.error());
  const auto known = world.journal.runs();
  if (!known) co_return fail(known.error());
  journal::Run record{
      .id = make_run_id(world.clock.now(), plan, *known), .plan_id = plan.header.id, .started_at = world.clock.now()};
  const std::string run_id = record.id;
  const Status begun = co_await world.journal.begin(std::move(record), plan);
  if (!begun) co_return fail(begun.error());
  Run run(world, plan, run_id, {}, std::move(options));
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
  auto events = world.journal.events(open->id);
  if (!events) co_return fail(events.error());
  const Status taken_up = co_await take_up(world, open->id, *events);
  if (!taken_up) co_return fail(taken_up.error());
  events = world.journal.events(open->id);
  if (!events) co_return fail(events.error());
  Run run(world, *plan, open->id, *events, std::move(options));
  if (started) started(run);
  world.view.run_started(*plan, open->id, true);
  co_return co_await carry_out(world, run, open->id);
}

}  // namespace firmform::apply

// SPDX-License-Identifier: Apache-2.0
// `firmform rollout`: where a run stands, and what people want of it. A run that another process carries out is asked
// through the journal; one that nobody carries out is taken up.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "engine/base/text.h"
#include "engine/cli/journal_runs.h"
#include "engine/cli/rollout_verb.h"
#include "engine/cli/run_session.h"

namespace firmform::cli {
namespace {

using journal::ControlKind;

Exit run_status_of_rollout(const Arguments& arguments, Context& context) {
  auto found = find_run(arguments, context);
  return found ? show_run(*found, arguments, context) : found.error();
}

std::string asker() {
  const char* user = std::getenv("USER");
  return user != nullptr && *user != '\0' ? printable(user) : fmt::format("user {}", ::getuid());
}

bool was_seen(journal::Journal& journal, const std::string& run_id, std::int64_t sequence) {
  const auto events = journal.events(run_id);
  const std::string subject = std::to_string(sequence);
  return events && std::ranges::any_of(*events, [&](const journal::Event& event) {
           return event.kind == journal::EventKind::control_seen && event.subject == subject;
         });
}

/// Leaves the wish, and waits a while until the run has seen it.
Task<Result<bool>> ask(Clock& clock, journal::Journal& journal, std::string run_id, ControlKind kind,
                       Duration patience) {
  constexpr Duration kBetweenLooks = std::chrono::milliseconds(200);
  const auto sequence = co_await journal.ask(run_id, {.at = clock.now(), .kind = kind, .by = asker()});
  if (!sequence) co_return fail(sequence.error());
  const SteadyTime end = clock.steady_now() + patience;
  while (clock.steady_now() < end) {
    if (was_seen(journal, run_id, *sequence)) co_return true;
    co_await clock.sleep(kBetweenLooks);
  }
  co_return false;
}

std::string_view effect_of(ControlKind kind) {
  switch (kind) {
    case ControlKind::pause:
      return "begins no further host, and ends when those at work are done";
    case ControlKind::proceed:
      return "goes on";
    case ControlKind::advance:
      return "soaks no longer";
    case ControlKind::cancel:
      return "begins no further host, and is over when those at work are done";
  }
  return "goes on";
}

Result<bool> ask_now(FoundRun& found, ControlKind kind, Duration patience) {
  SystemClock clock;
  boost::asio::io_context loop;
  std::optional<Result<bool>> seen;
  boost::asio::co_spawn(loop, ask(clock, *found.journal, found.run.id, kind, patience),
                        [&](std::exception_ptr problem, Result<bool> result) {
                          if (problem) std::rethrow_exception(problem);
                          seen.emplace(std::move(result));
                        });
  loop.run();
  return std::move(*seen);
}

Exit ask_live(FoundRun& found, ControlKind kind, Context& context) {
  constexpr Duration kPatience = std::chrono::seconds(15);
  const auto seen = ask_now(found, kind, kPatience);
  if (!seen) return context.report(seen.error());
  const std::string_view saw = *seen ? "" : "will see it soon: it then ";
  context.out.print(fmt::format("Run {} {}{}.\n", found.run.id, saw, effect_of(kind)));
  return Exit::ok;
}

/// Nobody carries the run out: this process does, with the wish in its journal.
Exit take_up(FoundRun& found, ControlKind kind, const Arguments& arguments, Context& context) {
  const auto directory = found.state.parent_path();
  if (kind == ControlKind::pause) {
    return context.report(Error(Code::control_refused, fmt::format("run {} is not at work", found.run.id)));
  }
  if (kind != ControlKind::proceed) {
    const auto asked = ask_now(found, kind, Duration(0));
    if (!asked) return context.report(asked.error());
  }
  found.journal.reset();
  const auto session = RunSession::open(directory, fmt::format("rollout {}", to_string(kind)), arguments, context);
  if (!session) return session.error();
  return (*session)->resume();
}

Exit control(ControlKind kind, const Arguments& arguments, Context& context) {
  auto found = find_run(arguments, context);
  if (!found) return found.error();
  if (found->run.finished_at) {
    return context.report(Error(Code::control_refused, fmt::format("run {} is finished", found->run.id)));
  }
  const bool is_live = !holder_of(found->run, found->state).empty();
  return is_live ? ask_live(*found, kind, context) : take_up(*found, kind, arguments, context);
}

Exit run_pause(const Arguments& arguments, Context& context) {
  return control(ControlKind::pause, arguments, context);
}

Exit run_continue(const Arguments& arguments, Context& context) {
  return control(ControlKind::proceed, arguments, context);
}

Exit run_advance(const Arguments& arguments, Context& context) {
  return control(ControlKind::advance, arguments, context);
}

Exit run_cancel(const Arguments& arguments, Context& context) {
  return control(ControlKind::cancel, arguments, context);
}

}  // namespace

std::vector<OptionSpec> window_options() {
  return {{"wait-for-window", "DURATION", "Wait for windows that open within this time (`any`: however long)."},
          {"ignore-window", "", "Begin hosts whatever their window says; needs -reason."},
          {"reason", "TEXT", "Why; kept in the journal. May be given once for each -override.", true}};
}

Verb rollout_verb() {
  const PositionalSpec run{"RUN", "id of the run; without it, the one that is not finished", false};
  const OptionSpec json{"json", "", "Machine-readable output on standard output."};
  std::vector<OptionSpec> resuming = {{"parallelism", "N", "Hosts at work at a time (default 10)."}, json};
  for (const OptionSpec& option : window_options()) resuming.push_back(option);
  return {
      "rollout",
      "Look at a rollout, pause it, go on, cancel it",
      "A rollout is a run of `apply` that goes in waves. These verbs work on one that another process carries out, and "
      "on "
      "one that nobody does: that one is taken up.",
      {},
      {},
      nullptr,
      {
          {"rollout status",
           "Show where a run stands",
           "Shows each wave with its hosts and the decision after it.\n\n"
           "JSON: {format_version, run_id, plan_id, started_at, finished_at, result, state, paused, cancelled, "
           "windows_ignored, policies_overridden: [{rule, detail}], count, waves: [{name, hosts, count, started, "
           "finished_at, decision}], hosts: [{host, "
           "state, actions_done, actions, last}]}.",
           {run},
           {json},
           run_status_of_rollout},
          {"rollout pause",
           "Begin no further host",
           "Hosts that are at work are seen to their end; then the run ends with exit code 19 and can be continued.",
           {run},
           {},
           run_pause},
          {"rollout continue",
           "Go on after a pause or a gate",
           "Takes back a pause, or takes the run up where it stands, as `resume` does.",
           {run},
           resuming,
           run_continue},
          {"rollout advance",
           "End a soak",
           "The next wave begins at once. A run that nobody carries out is taken up.",
           {run},
           resuming,
           run_advance},
          {"rollout cancel",
           "End a rollout",
           "Hosts that are at work are seen to their end, no other is begun, and the run is finished: plan again for "
           "the "
           "rest.",
           {run},
           resuming,
           run_cancel},
      }};
}

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/journal_runs.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/cli/plan_output.h"
#include "engine/journal/lock.h"
#include "engine/journal/sqlite_journal.h"

namespace firmform::cli {
namespace {

Result<journal::Run> choose(const std::vector<journal::Run>& runs, const Arguments& arguments) {
  const std::vector<std::string>& named = arguments.positionals();
  const auto is_meant = [&](const journal::Run& run) {
    return named.empty() ? !run.finished_at : run.id.starts_with(named.front());
  };
  const auto found = std::ranges::find_if(runs, is_meant);
  if (found != runs.end()) return *found;
  if (!named.empty()) return fail(Code::run_not_found, fmt::format("there is no run {} in the journal", named.front()));
  if (runs.empty()) return fail(Code::run_not_found, "the journal has no runs");
  return runs.front();
}

}  // namespace

OrExit<FoundRun> find_run(const Arguments& arguments, Context& context) {
  std::error_code problem;
  FoundRun found;
  const auto directory = std::filesystem::absolute(context.directory, problem).lexically_normal();
  found.state = directory / ".firmform";
  if (!std::filesystem::exists(found.state / "journal.sqlite", problem)) {
    return leave(
        context.report(Error(Code::run_not_found, fmt::format("there is no journal in {}", directory.string()))));
  }
  auto journal = journal::open_sqlite_journal(found.state);
  if (!journal) return leave(context.report(journal.error()));
  found.journal = std::move(*journal);
  const auto runs = found.journal->runs();
  if (!runs) return leave(context.report(runs.error()));
  auto run = choose(*runs, arguments);
  if (!run) return leave(context.report(run.error()));
  found.run = std::move(*run);
  return found;
}

std::string holder_of(const journal::Run& run, const std::filesystem::path& state) {
  return run.finished_at ? std::string() : journal::Lock::holder(state);
}

Result<report::RunStanding> standing_of(journal::Journal& journal, const journal::Run& run,
                                        const std::filesystem::path& state) {
  const auto plan = journal.plan_of(run.id);
  if (!plan) return fail(plan.error());
  const auto events = journal.events(run.id);
  if (!events) return fail(events.error());
  return report::RunStanding{
      .run = run, .standing = apply::standing_of(*plan, *events), .holder = holder_of(run, state)};
}

Exit show_run(FoundRun& found, const Arguments& arguments, Context& context) {
  const auto standing = standing_of(*found.journal, found.run, found.state);
  if (!standing) return context.report(standing.error());
  context.out.print(arguments.has("json") ? json::dump_pretty(report::standing_json(*standing))
                                          : report::standing_text(*standing, report_style(context)));
  return Exit::ok;
}

}  // namespace firmform::cli

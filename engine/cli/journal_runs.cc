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
  if (!arguments.positionals().empty()) return named_run(runs, arguments.positionals().front());
  const auto open = std::ranges::find_if(runs, [](const journal::Run& run) { return !run.finished_at; });
  if (open != runs.end()) return *open;
  if (runs.empty()) return fail(Code::run_not_found, "the journal has no runs");
  return runs.front();
}

}  // namespace

Error no_such_run(const std::string& name) {
  return Error(Code::run_not_found, fmt::format("the journal has no run `{}`", name));
}

Result<journal::Run> named_run(const std::vector<journal::Run>& runs, const std::string& name) {
  std::vector<journal::Run> found;
  for (const journal::Run& run : runs) {
    if (run.id == name) return run;
    if (run.id.starts_with(name)) found.push_back(run);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) return fail(no_such_run(name));
  return fail(no_such_run(name).with_help(
      fmt::format("`{}` and `{}` begin so: write more of the id", found[0].id, found[1].id)));
}

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

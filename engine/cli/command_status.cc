// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "engine/cli/insight_verbs.h"
#include "engine/cli/journal_runs.h"
#include "engine/cli/plan_output.h"
#include "engine/journal/sqlite_journal.h"

namespace firmform::cli {
namespace {

constexpr int kRunsShown = 10;

Result<std::vector<report::RunStanding>> newest(const std::filesystem::path& state, std::size_t most) {
  std::vector<report::RunStanding> standings;
  std::error_code problem;
  if (!std::filesystem::exists(state / "journal.sqlite", problem)) return standings;
  const auto journal = journal::open_sqlite_journal(state);
  if (!journal) return fail(journal.error());
  const auto runs = (*journal)->runs();
  if (!runs) return fail(runs.error());
  for (const journal::Run& run : *runs) {
    if (standings.size() == most) break;
    auto standing = standing_of(**journal, run, state);
    if (!standing) return fail(standing.error());
    standings.push_back(std::move(*standing));
  }
  return standings;
}

json::Value runs_json(const std::vector<report::RunStanding>& runs) {
  json::Array array;
  for (const report::RunStanding& run : runs) array.emplace_back(report::standing_json(run));
  return array;
}

}  // namespace

Exit run_status(const Arguments& arguments, Context& context) {
  if (!arguments.positionals().empty()) {
    auto found = find_run(arguments, context);
    return found ? show_run(*found, arguments, context) : found.error();
  }
  const auto most = arguments.integer("runs", kRunsShown, 1, 1000);
  if (!most) return context.report(most.error());
  const auto runs = newest(std::filesystem::path(context.directory) / ".firmform", static_cast<std::size_t>(*most));
  if (!runs) return context.report(runs.error());
  context.out.print(arguments.has("json") ? json::dump_pretty(runs_json(*runs))
                                          : report::runs_text(*runs, report_style(context)));
  return Exit::ok;
}

}  // namespace firmform::cli

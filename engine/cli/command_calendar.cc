// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/plan_output.h"
#include "engine/cli/simulation_verbs.h"
#include "engine/cli/version.h"
#include "engine/report/calendar_report.h"
#include "engine/simulate/calendar.h"

namespace firmform::cli {
namespace {

using namespace std::chrono_literals;

Exit run_calendar(const Arguments& arguments, Context& context) {
  const auto start = time_option(arguments, "at", whole_second(), context);
  if (!start) return start.error();
  const auto until = time_option(arguments, "until", *start + 24h * 366, context);
  if (!until) return until.error();
  const auto parallelism = arguments.integer("parallelism", 10, 1, 100'000);
  if (!parallelism) return context.report(parallelism.error());
  const auto ground = open_ground(arguments, context);
  if (!ground) return ground.error();
  context.report(ground->diagnostics, *ground->project.sources);
  const Providers providers = all_providers();
  const auto calendar = simulate::make_calendar({.desired = ground->desired,
                                                 .inventory = ground->inventory,
                                                 .catalog = ground->catalog,
                                                 .sources = *ground->project.sources,
                                                 .providers = providers,
                                                 .tool_version = std::string(kVersion),
                                                 .estimates = &ground->estimates,
                                                 .start = *start,
                                                 .until = *until,
                                                 .parallelism = *parallelism});
  if (!calendar) return context.report(calendar.error());
  if (arguments.has("json")) {
    context.out.print(json::dump_pretty(report::calendar_json(*calendar)));
  } else {
    context.out.print(report::calendar_text(*calendar, report_style(context)));
  }
  return calendar->done ? Exit::ok : Exit::blocked;
}

}  // namespace

Verb calendar_verb() {
  return {
      "calendar",
      "Show when the fleet would be as the manifest wants it",
      "Plans and simulates again and again, as if `firmform apply` were run whenever a window opens, and shows what "
      "each run would bring, when the last host would be done, which hosts would never be and why, and which "
      "limit holds the fleet back most. Nothing is sent to any host.",
      {},
      {{"until", "DATE", "Look no further (default: one year ahead)."},
       {"at", "TIME", "Begin then instead of now (RFC 3339)."},
       {"json", "", "Machine-readable output on standard output."},
       {"parallelism", "N", "Hosts at work at a time (default 10)."},
       {"target", "HOST", "Only this host; a name or a glob. May be given several times.", true},
       {"from-snapshot", "DIR", "Read a recorded inventory instead of the BMCs."},
       {"read-parallelism", "N", "Hosts read at a time (default 512)."}},
      run_calendar,
      {}};
}

}  // namespace firmform::cli

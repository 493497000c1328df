// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "engine/cli/commands.h"
#include "engine/cli/event_output.h"
#include "engine/cli/fleet_plan.h"
#include "engine/cli/notifying.h"
#include "engine/cli/plan_output.h"
#include "engine/cli/policy_gate.h"
#include "engine/cli/report_outputs.h"
#include "engine/plan/codec.h"
#include "engine/report/plan_graph.h"

namespace firmform::cli {
namespace {

/// A plan out of a file, or a fresh one whose problems are printed.
OrExit<plan::Plan> plan_to_show(const Arguments& arguments, Context& context) {
  if (!arguments.positionals().empty()) {
    auto plan = plan::read_file(arguments.positionals().front());
    if (!plan) return leave(context.report(plan.error().with_context(arguments.positionals().front())));
    return std::move(*plan);
  }
  const auto project = open_project(context);
  if (!project) return leave(project.error());
  auto planned = plan_fleet(*project, arguments, context);
  if (!planned) return leave(planned.error());
  context.report(planned->diagnostics, *project->sources);
  return std::move(planned->plan);
}

}  // namespace

Exit run_plan(const Arguments& arguments, Context& context) {
  const auto events = EventOutput::open(arguments, context);
  if (!events) return events.error();
  const auto project = open_project(context);
  if (!project) return project.error();
  const auto notifying = Notifying::open(*project, arguments, context);
  if (!notifying) return notifying.error();
  auto planned = plan_fleet(*project, arguments, context);
  if (!planned) return planned.error();
  context.report(planned->diagnostics, *project->sources);
  keep_results(planned->plan, judged(planned->plan, *project, context));
  const plan::Plan& plan = planned->plan;
  if (context.reports != nullptr) context.reports->keep_plan(plan, project->desired.policies, planned->inventory);
  const plan::Drift drift = plan::drift_of(plan, project->desired.policies);
  if (context.events != nullptr) context.events->tell(plan, drift);
  if (!arguments.has("json")) print_plan(plan, arguments.has("verbose"), context);
  Exit exit = worst(planned->exit(), exit_of(plan.policies));
  if (const auto file = arguments.value("out")) {
    const Status written = plan::write_file(plan, *file);
    if (!written) return worst(exit, context.report(written.error()));
    if (!arguments.has("json")) context.out.print(fmt::format("\nSaved the plan. To carry out exactly this: firmform apply {}\n", *file));
  }
  if (exit == Exit::ok && arguments.has("detailed-exitcode")) exit = detailed_exit(plan);
  const Exit told = notifying->tell({.verb = "plan",
                                     .plan = plan,
                                     .drift = drift,
                                     .diagnostics = planned->diagnostics,
                                     .sources = *project->sources,
                                     .exit = exit,
                                     .at = plan.header.created_at},
                                    context);
  exit = worst(exit, told);
  if (context.events != nullptr) context.events->tell_planned(plan, exit);
  return exit;
}

Exit run_show(const Arguments& arguments, Context& context) {
  const auto plan = plan_to_show(arguments, context);
  if (!plan) return plan.error();
  if (context.reports != nullptr) context.reports->keep_plan(*plan);
  if (arguments.has("json")) {
    context.out.print(json::dump_pretty(plan::to_json(*plan)));
  } else {
    print_plan(*plan, arguments.has("verbose"), context);
  }
  return Exit::ok;
}

Exit run_graph(const Arguments& arguments, Context& context) {
  const std::string format = arguments.value("format").value_or("dot");
  if (format != "dot" && format != "mermaid" && format != "svg") {
    return context.report(Error(Code::usage, fmt::format("no graph format `{}`", format)).with_help("use dot, mermaid or svg"));
  }
  const auto plan = plan_to_show(arguments, context);
  if (!plan) return plan.error();
  if (format == "svg") {
    const auto svg = report::plan_svg(*plan);
    if (!svg) return context.report(svg.error());
    context.out.print(*svg);
  } else {
    context.out.print(format == "dot" ? report::plan_dot(*plan) : report::plan_mermaid(*plan));
  }
  return Exit::ok;
}

}  // namespace firmform::cli

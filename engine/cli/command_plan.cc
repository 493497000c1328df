// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "engine/cli/commands.h"
#include "engine/cli/fleet_plan.h"
#include "engine/cli/plan_output.h"
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
  const auto project = open_project(context);
  if (!project) return project.error();
  const auto planned = plan_fleet(*project, arguments, context);
  if (!planned) return planned.error();
  context.report(planned->diagnostics, *project->sources);
  const plan::Plan& plan = planned->plan;
  if (arguments.has("json")) {
    context.out.print(json::dump_pretty(plan::to_json(plan)));
  } else {
    print_plan(plan, arguments.has("verbose"), context);
  }
  Exit exit = planned->exit();
  if (const auto file = arguments.value("out")) {
    const Status written = plan::write_file(plan, *file);
    if (!written) return worst(exit, context.report(written.error()));
    if (!arguments.has("json")) context.out.print(fmt::format("\nSaved the plan. To carry out exactly this: firmform apply {}\n", *file));
  }
  if (exit == Exit::ok && arguments.has("detailed-exitcode") && !plan.actions.empty()) exit = Exit::changes;
  return exit;
}

Exit run_show(const Arguments& arguments, Context& context) {
  const auto plan = plan_to_show(arguments, context);
  if (!plan) return plan.error();
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

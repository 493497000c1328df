// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/text.h"
#include "engine/cli/fleet_plan.h"
#include "engine/cli/fleet_reading.h"
#include "engine/cli/insight_verbs.h"
#include "engine/cli/notifying.h"
#include "engine/cli/plan_output.h"
#include "engine/cli/report_outputs.h"
#include "engine/report/drift_report.h"

namespace firmform::cli {
namespace {

Result<std::vector<plan::DriftClass>> wanted_classes(const Arguments& arguments) {
  std::vector<std::string> known;
  for (const plan::DriftClass drift : plan::drift_classes()) known.emplace_back(to_string(drift));
  std::vector<plan::DriftClass> classes;
  for (const std::string& list : arguments.values("class")) {
    for (const std::string& name : split(list, ',')) {
      const auto drift = plan::parse_drift_class(name);
      if (!drift) {
        const Error error(Code::usage, fmt::format("there is no class of drift `{}`", name));
        return fail(error.with_help(fmt::format("the classes are {}", fmt::join(known, ", "))));
      }
      classes.push_back(*drift);
    }
  }
  return classes;
}

/// "web-01/System ROM": a host's name has no slash.
std::pair<std::string, std::string> host_and_component(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return {text, {}};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

}  // namespace

Exit run_drift(const Arguments& arguments, Context& context) {
  const auto classes = wanted_classes(arguments);
  if (!classes) return context.report(classes.error());
  const auto project = open_project(context);
  if (!project) return project.error();
  const auto notifying = Notifying::open(*project, arguments, context);
  if (!notifying) return notifying.error();
  const auto planned = plan_fleet(*project, arguments, context);
  if (!planned) return planned.error();
  const plan::Drift drift = plan::drift_of(planned->plan, project->desired.policies, *classes);
  if (context.reports != nullptr) {
    context.reports->keep_plan(planned->plan, project->desired.policies, planned->inventory);
    context.reports->keep_problems(project->warnings, *project->sources);
    context.reports->keep_drift(drift);
  }
  context.out.print(arguments.has("json") ? json::dump_pretty(report::drift_json(drift))
                                          : report::drift_text(drift, report_style(context)));
  const Exit told = notifying->tell({.verb = "drift",
                                     .plan = planned->plan,
                                     .drift = drift,
                                     .diagnostics = planned->diagnostics,
                                     .sources = *project->sources,
                                     .exit = drift.exit(),
                                     .at = planned->plan.header.created_at},
                                    context);
  return worst(drift.exit(), told);
}

Exit explain_component(const std::string& what, const Arguments& arguments, Context& context) {
  const auto project = open_project(context);
  if (!project) return project.error();
  const auto [host, component] = host_and_component(what);
  const auto hosts = select_hosts(*project, {host}, context);
  if (!hosts) return hosts.error();
  if (hosts->size() > 1) {
    return context.report(Error(Code::usage, fmt::format("`{}` means {} hosts; name one", host, hosts->size())));
  }
  auto inventory = read_inventory(*project, *hosts, arguments, context);
  if (!inventory) return inventory.error();
  const auto planned = plan_on(*project, project->desired, std::move(*inventory), context);
  if (!planned) return planned.error();
  const auto explanations = plan::explain({.desired = project->desired,
                                           .inventory = planned->inventory,
                                           .sources = *project->sources,
                                           .plan = planned->plan},
                                          hosts->front(), component);
  if (!explanations) return context.report(explanations.error());
  if (arguments.has("json")) {
    context.out.print(json::dump_pretty(report::explanation_json(*explanations)));
  } else if (explanations->empty()) {
    context.out.print(fmt::format("{}: no line of the manifest names firmware of this host.\n", hosts->front()));
  } else {
    context.out.print(report::explanation_text(*explanations, report_style(context)));
  }
  return Exit::ok;
}

}  // namespace firmform::cli

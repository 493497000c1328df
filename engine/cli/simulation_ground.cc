// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "engine/base/time_text.h"
#include "engine/cli/fleet_plan.h"
#include "engine/cli/fleet_reading.h"
#include "engine/cli/project_catalog.h"
#include "engine/cli/simulation_verbs.h"
#include "engine/manifest/images.h"

namespace firmform::cli {
OrExit<PlanningGround> open_ground(const Arguments& arguments, Context& context) {
  auto project = open_project(context);
  if (!project) return leave(project.error());
  const auto hosts = select_hosts(*project, arguments.values("target"), context);
  if (!hosts) return leave(hosts.error());
  auto inventory = read_inventory(*project, *hosts, arguments, context);
  if (!inventory) return leave(inventory.error());
  manifest::Desired desired = project->desired;
  std::erase_if(desired.hosts, [&](const auto& entry) { return !inventory->contains(entry.first); });
  auto catalog = read_images(*project, manifest::images_of(desired), context);
  if (!catalog) return leave(catalog.error());
  Diagnostics diagnostics = project->warnings;
  for (const catalog::CatalogProblem& problem : catalog->problems) {
    // An image that is simply absent is reported by the planner where an entry needs it.
    if (problem.error.code() != Code::image_not_in_catalog) diagnostics.add(image_diagnostic(*project, problem));
  }
  plan::Estimates estimates = learned(*project);
  return PlanningGround{.project = std::move(*project),
                        .desired = std::move(desired),
                        .inventory = std::move(*inventory),
                        .catalog = std::move(catalog->catalog),
                        .estimates = std::move(estimates),
                        .diagnostics = std::move(diagnostics)};
}

OrExit<UtcTime> time_option(const Arguments& arguments, std::string_view option, UtcTime fallback, Context& context) {
  const auto text = arguments.value(option);
  if (!text) return fallback;
  if (const auto time = parse_rfc3339(*text)) return *time;
  if (const auto midnight = parse_rfc3339(*text + "T00:00:00Z")) return *midnight;
  return leave(context.report(Error(Code::usage, fmt::format("-{}: `{}` is no time", option, *text))
                                  .with_help("write it as 2026-12-05T22:00:00+01:00, or a day as 2026-12-05")));
}

UtcTime whole_second() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/fleet_plan.h"

#include <algorithm>
#include <set>

#include "engine/cli/fleet_reading.h"
#include "engine/cli/version.h"
#include "engine/plan/make_plan.h"

namespace firmform::cli {
namespace {

/// Images that the baselines of these hosts name.
std::vector<std::string> wanted_images(const manifest::Desired& desired, const std::vector<std::string>& hosts) {
  std::set<const manifest::Baseline*> baselines;
  for (const std::string& host : hosts) {
    for (const manifest::BaselineChoice& choice : desired.hosts.at(host).baselines) baselines.insert(choice.baseline.get());
  }
  std::set<std::string> images;
  for (const manifest::Baseline* baseline : baselines) {
    for (const manifest::FirmwareEntry& entry : baseline->firmware) {
      if (entry.image) images.insert(entry.image->value);
    }
  }
  return {images.begin(), images.end()};
}

manifest::Desired only(const manifest::Desired& desired, const std::vector<std::string>& hosts) {
  manifest::Desired selected = desired;
  std::erase_if(selected.hosts, [&](const auto& entry) { return !std::ranges::binary_search(hosts, entry.first); });
  return selected;
}

}  // namespace

Exit PlannedFleet::exit() const { return diagnostics.exit(); }

OrExit<PlannedFleet> plan_fleet(const Project& project, const Arguments& arguments, Context& context) {
  const auto hosts = select_hosts(project, arguments.values("target"), context);
  if (!hosts) return leave(hosts.error());
  auto inventory = read_inventory(project, *hosts, arguments, context);
  if (!inventory) return leave(inventory.error());

  auto catalog = catalog::read_catalog(project.desired.catalog, project.directory, wanted_images(project.desired, *hosts));
  const manifest::Desired desired = only(project.desired, *hosts);
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  auto planned = plan::make_plan({.desired = desired,
                                  .inventory = *inventory,
                                  .catalog = catalog.catalog,
                                  .sources = *project.sources,
                                  .now = now,
                                  .tool_version = std::string(kVersion)},
                                 all_providers());
  // What deserves a second look is part of the plan's own text; here is what stands in the way.
  Diagnostics diagnostics = project.warnings;
  for (const catalog::CatalogProblem& problem : catalog.problems) {
    // An image that is simply absent is reported by the planner where an entry needs it.
    if (problem.error.code() != Code::image_not_in_catalog) diagnostics.add(to_diagnostic(problem.error, problem.image));
  }
  diagnostics.append(planned.diagnostics.errors());
  if (!planned.value) {
    context.report(diagnostics, *project.sources);
    return leave(worst(Exit::error, diagnostics.exit()));
  }
  return PlannedFleet{std::move(*planned.value), std::move(*inventory), std::move(diagnostics)};
}

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/fleet_plan.h"

#include <cstdlib>

#include "engine/apply/history.h"
#include "engine/cli/fleet_reading.h"
#include "engine/cli/project_catalog.h"
#include "engine/cli/version.h"
#include "engine/journal/sqlite_journal.h"
#include "engine/manifest/images.h"
#include "engine/plan/make_plan.h"

namespace firmform::cli {
namespace {

/// `whole` without the hosts that the inventory is not about.
manifest::Desired only(const manifest::Desired& whole, const inventory::Inventory& inventory) {
  manifest::Desired selected = whole;
  std::erase_if(selected.hosts, [&](const auto& entry) { return !inventory.contains(entry.first); });
  return selected;
}

}  // namespace

plan::Estimates learned(const Project& project) {
  constexpr std::size_t kMostRuns = 20;
  if (std::getenv("FIRMFORM_LAB_SPEED") != nullptr) return {};
  std::error_code problem;
  if (!std::filesystem::exists(project.state_directory() / "journal.sqlite", problem)) return {};
  const auto journal = journal::open_sqlite_journal(project.state_directory());
  return journal ? apply::learn(**journal, kMostRuns) : plan::Estimates();
}

Exit PlannedFleet::exit() const {
  return diagnostics.exit();
}

OrExit<PlannedFleet> plan_fleet(const Project& project, const Arguments& arguments, Context& context) {
  const auto hosts = select_hosts(project, arguments.values("target"), context);
  if (!hosts) return leave(hosts.error());
  auto inventory = read_inventory(project, *hosts, arguments, context);
  if (!inventory) return leave(inventory.error());
  return plan_on(project, project.desired, std::move(*inventory), context);
}

OrExit<PlannedFleet> plan_on(const Project& project, const manifest::Desired& whole, inventory::Inventory inventory,
                             Context& context, Pins pins) {
  const manifest::Desired desired = only(whole, inventory);
  auto catalog = read_images(project, manifest::images_of(desired), context, pins);
  if (!catalog) return leave(catalog.error());
  if (const Exit found = add_found_images(project, desired, inventory, *catalog, pins, context); found != Exit::ok) {
    return leave(found);
  }
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const plan::Estimates estimates = learned(project);
  auto planned = plan::make_plan({.desired = desired,
                                  .inventory = inventory,
                                  .catalog = catalog->catalog,
                                  .sources = *project.sources,
                                  .now = now,
                                  .tool_version = std::string(kVersion),
                                  .estimates = &estimates},
                                 all_providers());
  // What deserves a second look is part of the plan's own text; here is what stands in the way.
  Diagnostics diagnostics = project.warnings;
  for (const catalog::CatalogProblem& problem : catalog->problems) {
    // An image that is simply absent is reported by the planner where an entry needs it.
    if (problem.error.code() != Code::image_not_in_catalog) diagnostics.add(image_diagnostic(project, problem));
  }
  diagnostics.append(planned.diagnostics.errors());
  if (!planned.value) {
    context.report(diagnostics, *project.sources);
    return leave(worst(Exit::error, diagnostics.exit()));
  }
  return PlannedFleet{std::move(*planned.value), std::move(inventory), std::move(diagnostics)};
}

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "engine/cli/commands.h"
#include "engine/cli/fleet_reading.h"
#include "engine/cli/plan_output.h"
#include "engine/report/inventory_report.h"

namespace firmform::cli {
namespace {

/// The worst that happened to a host.
Exit exit_of(const inventory::Inventory& inventory) {
  Exit exit = Exit::ok;
  for (const auto& [name, host] : inventory) {
    if (host.error) exit = worst(exit, info(host.error->code()).exit);
  }
  return exit;
}

}  // namespace

Exit run_inventory(const Arguments& arguments, Context& context) {
  const auto project = open_project(context);
  if (!project) return project.error();
  const auto hosts = select_hosts(*project, arguments.positionals(), context);
  if (!hosts) return hosts.error();
  auto inventory = read_inventory(*project, *hosts, arguments, context);
  if (!inventory) return inventory.error();
  context.out.print(arguments.has("json") ? json::dump_pretty(report::inventory_json(*inventory))
                                          : report::inventory_text(*inventory, report_style(context)));
  return exit_of(*inventory);
}

}  // namespace firmform::cli

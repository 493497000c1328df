// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/scene.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/cli/fleet_reading.h"

namespace firmform::cli {
namespace {

std::vector<std::string> patterns_of(const std::vector<std::string>& hosts) {
  std::vector<std::string> patterns;
  for (const std::string& list : hosts) {
    for (const std::string& pattern : split(list, ',')) patterns.emplace_back(trim(pattern));
  }
  return patterns;
}

}  // namespace

OrExit<Scene> look_at(const std::vector<std::string>& hosts, const Arguments& arguments, Context& context) {
  auto project = open_project(context);
  if (!project) return leave(project.error());
  auto selected = select_hosts(*project, patterns_of(hosts), context);
  if (!selected) return leave(selected.error());
  auto inventory = read_inventory(*project, *selected, arguments, context);
  if (!inventory) return leave(inventory.error());
  return Scene{std::move(*project), std::move(*selected), std::move(*inventory)};
}

Exit report_unread(const Scene& scene, Context& context) {
  Exit exit = Exit::ok;
  for (const auto& [name, host] : scene.inventory) {
    if (host.error) exit = worst(exit, context.report(host.error->with_context(name)));
  }
  return exit;
}

Offering hosts_with(const Scene& scene, std::string_view feature,
                    const std::function<bool(const inventory::Staging&)>& has, Context& context) {
  Offering offering{.hosts = {}, .exit = report_unread(scene, context)};
  for (const auto& [name, host] : scene.inventory) {
    if (host.error) continue;
    if (host.staging && has(*host.staging)) {
      offering.hosts.push_back(&host);
      continue;
    }
    const Error error(Code::feature_not_offered, fmt::format("{}: the BMC has no {}", name, feature));
    offering.exit = worst(offering.exit, context.report(error));
  }
  return offering;
}

}  // namespace firmform::cli

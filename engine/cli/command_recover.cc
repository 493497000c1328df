// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/base/text.h"
#include "engine/cli/direct_run.h"
#include "engine/cli/direct_verbs.h"
#include "engine/cli/fleet_plan.h"
#include "engine/cli/plan_output.h"
#include "engine/report/table.h"

namespace firmform::cli {
namespace {

using inventory::HostSnapshot;

std::vector<RecoveryWay> ways_of(const HostSnapshot& host) {
  static const Providers providers = all_providers();
  const Provider* provider = providers.find(host.provider);
  return provider == nullptr || host.incidents.empty() ? std::vector<RecoveryWay>() : provider->recovery(host);
}

std::string text_of(const HostSnapshot& host, const report::Style& style) {
  if (host.incidents.empty()) return fmt::format("{}: nothing is left of an earlier flash.\n", host.name);
  const auto width = static_cast<std::size_t>(std::max(style.width, 40));
  std::string text = fmt::format("{}: {}\n", host.name, counted(host.incidents.size(), "incident"));
  for (const inventory::Incident& incident : host.incidents) {
    text += report::paragraph(incident.component.empty()
                                  ? printable(incident.text)
                                  : fmt::format("{}: {}", incident.component, printable(incident.text)),
                              2, width);
  }
  text += "\nWays out:\n";
  for (const RecoveryWay& way : ways_of(host)) {
    text += report::paragraph(fmt::format("{}: {}", way.name, printable(way.text)), 2, width);
    text += report::paragraph(way.available ? fmt::format("firmform recover {} -way {}", host.name, way.name)
                                            : fmt::format("not possible: {}", printable(way.why_not)),
                              6, width);
  }
  return text;
}

json::Value json_of(const HostSnapshot& host) {
  json::Array incidents;
  for (const inventory::Incident& incident : host.incidents) {
    incidents.emplace_back(json::Object{{"component", incident.component}, {"text", incident.text}});
  }
  json::Array ways;
  for (const RecoveryWay& way : ways_of(host)) {
    ways.emplace_back(
        json::Object{{"name", way.name}, {"text", way.text}, {"available", way.available}, {"why_not", way.why_not}});
  }
  return json::Object{{"name", host.name}, {"incidents", std::move(incidents)}, {"ways", std::move(ways)}};
}

Exit show(const Arguments& arguments, Context& context) {
  const auto scene = look_at({arguments.positionals()[0]}, arguments, context);
  if (!scene) return scene.error();
  const Exit exit = report_unread(*scene, context);
  json::Array hosts;
  for (const auto& [name, host] : scene->inventory) {
    if (host.error) continue;
    if (arguments.has("json")) {
      hosts.push_back(json_of(host));
    } else {
      context.out.print(text_of(host, report_style(context)));
    }
  }
  if (arguments.has("json"))
    context.out.print(json::dump_pretty(json::Object{{"format_version", "1.0"}, {"hosts", std::move(hosts)}}));
  return exit;
}

/// The way of that name on the host; fails when it is not one, or not possible there.
Result<RecoveryWay> find_way(const HostSnapshot& host, const std::string& wanted) {
  const std::vector<RecoveryWay> ways = ways_of(host);
  std::vector<std::string> names;
  for (const RecoveryWay& way : ways) {
    if (way.name == wanted && way.available) return way;
    if (way.name == wanted)
      return fail(Code::update_interrupted, fmt::format("{}: {} is not possible: {}", host.name, wanted, way.why_not));
    names.push_back(way.name);
  }
  Error error(Code::resource_unknown,
              host.incidents.empty()
                  ? fmt::format("{}: nothing is left of an earlier flash, so there is no way out to take", host.name)
                  : fmt::format("{}: there is no way `{}`", host.name, wanted));
  if (const auto near = nearest(wanted, names)) return fail(error.with_help(fmt::format("did you mean `{}`?", *near)));
  return fail(std::move(error));
}

/// The manifest's firmware once more. What the BMC says of its last update in general does not stand in the way of
/// doing it again; what it says of a component still does, except of the one that is flashed anew.
Exit retry(DirectRun& run, Context& context) {
  inventory::Inventory inventory = run.scene().inventory;
  for (auto& [name, host] : inventory) {
    std::erase_if(host.incidents, [](const inventory::Incident& incident) { return incident.component.empty(); });
  }
  const manifest::Desired& desired = run.scene().project.desired;
  const auto planned = plan_on(run.scene().project, desired, std::move(inventory), context);
  if (!planned) return planned.error();
  context.report(planned->diagnostics, *run.scene().project.sources);
  return run.carry_out(planned->plan, planned->exit());
}

Exit take(const std::string& wanted, const Arguments& arguments, Context& context) {
  auto run = DirectRun::open("recover", arguments.positionals()[0], arguments, context);
  if (!run) return run.error();
  std::vector<HostWork> work;
  Exit exit = Exit::ok;
  for (const auto& [name, host] : run->scene().inventory) {
    auto way = find_way(host, wanted);
    if (!way) {
      exit = worst(exit, context.report(way.error()));
    } else if (way->invoke) {
      work.push_back({.host = name, .writes = {*way->invoke}, .reset = {}});
    }
  }
  if (exit != Exit::ok) return exit;
  return work.empty() ? retry(*run, context) : run->carry_out(work, {});
}

}  // namespace

Exit run_recover(const Arguments& arguments, Context& context) {
  const auto way = arguments.value("way");
  return way ? take(*way, arguments, context) : show(arguments, context);
}

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
// list, show, delete and clear are the same for all that a BMC keeps; a Kind tells what differs:
//   using Item; kFeature ("repository"), kNoun ("stored image"), kKey (of the JSON)
//   offered(staging), items(staging), name(item), text(hosts, style), totals(host), removal(item)
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "engine/base/text.h"
#include "engine/cli/direct_run.h"
#include "engine/cli/plan_output.h"
#include "engine/cli/staging_tables.h"
#include "engine/report/staging_report.h"

namespace firmform::cli {

template <class Kind>
Offering offering(const Scene& scene, Context& context) {
  return hosts_with(scene, Kind::kFeature, Kind::offered, context);
}

/// The item of that name or Id on the host. Fails with resource_unknown and the name that was probably meant.
template <class Kind>
Result<const typename Kind::Item*> find_item(const inventory::HostSnapshot& host, std::string_view wanted) {
  const auto& items = Kind::items(*host.staging);
  std::vector<std::string> names;
  for (const auto& item : items) {
    if (Kind::name(item) == wanted || item.id == wanted) return &item;
    names.emplace_back(Kind::name(item));
  }
  Error error(Code::resource_unknown, fmt::format("{}: there is no {} `{}`", host.name, Kind::kNoun, wanted));
  if (const auto near = nearest(wanted, names)) return fail(error.with_help(fmt::format("did you mean `{}`?", *near)));
  return fail(error.with_help(fmt::format("`firmform {} list {}` shows what is there", Kind::kVerb, host.name)));
}

template <class Kind>
json::Value host_json(const inventory::HostSnapshot& host) {
  json::Object object{{"name", host.name}, {"status", to_string(host.status)}};
  if (host.error) {
    object.append("error", json::Object{{"code", to_string(host.error->code())}, {"message", host.error->message()}});
  }
  const bool offered = host.staging && Kind::offered(*host.staging);
  object.append("offered", offered);
  if (!offered) return object;
  for (auto& [key, value] : Kind::totals(host)) object.append(key, value);
  json::Array items;
  for (const auto& item : Kind::items(*host.staging)) items.push_back(report::to_json(item));
  object.append(std::string(Kind::kKey), std::move(items));
  return object;
}

template <class Kind>
Exit run_resource_list(const Arguments& arguments, Context& context) {
  const auto scene = look_at(arguments.positionals(), arguments, context);
  if (!scene) return scene.error();
  const Offering found = offering<Kind>(*scene, context);
  if (arguments.has("json")) {
    json::Array hosts;
    for (const auto& [name, host] : scene->inventory) hosts.push_back(host_json<Kind>(host));
    context.out.print(json::dump_pretty(json::Object{{"format_version", "1.0"}, {"hosts", std::move(hosts)}}));
  } else if (!found.hosts.empty()) {
    context.out.print(Kind::text(found.hosts, report_style(context)));
  }
  return found.exit;
}

template <class Kind>
Exit run_resource_show(const Arguments& arguments, Context& context) {
  const auto scene = look_at({arguments.positionals()[0]}, arguments, context);
  if (!scene) return scene.error();
  const Offering found = offering<Kind>(*scene, context);
  Exit exit = found.exit;
  json::Array shown;
  for (const inventory::HostSnapshot* host : found.hosts) {
    const auto item = find_item<Kind>(*host, arguments.positionals()[1]);
    if (!item) {
      exit = worst(exit, context.report(item.error()));
    } else if (arguments.has("json")) {
      json::Value value = report::to_json(**item);
      value.object().set("host", host->name);
      shown.push_back(std::move(value));
    } else {
      context.out.print(fmt::format("{:<14} {}\n{}\n", "host", host->name, in_full(**item)));
    }
  }
  if (arguments.has("json")) {
    context.out.print(
        json::dump_pretty(json::Object{{"format_version", "1.0"}, {std::string(Kind::kKey), std::move(shown)}}));
  }
  return exit;
}

/// Removes what `select` picks on each host; says so when there is nothing.
template <class Kind>
Exit remove_items(DirectRun& run, Context& context,
                  const std::function<bool(const inventory::HostSnapshot&, const typename Kind::Item&)>& select) {
  std::vector<HostWork> work;
  for (const auto& [name, host] : run.scene().inventory) {
    HostWork one{.host = name, .writes = {}, .reset = {}};
    for (const auto& item : Kind::items(*host.staging)) {
      if (select(host, item)) one.writes.push_back(Kind::removal(item));
    }
    if (!one.writes.empty()) work.push_back(std::move(one));
  }
  if (!work.empty()) return run.carry_out(work, {});
  context.err.print(fmt::format("Nothing to remove from the {}.\n", Kind::kFeature));
  return Exit::ok;
}

/// A run on hosts that all offer the Kind; problems are printed.
template <class Kind>
OrExit<DirectRun> open_run(const Arguments& arguments, Context& context) {
  auto run = DirectRun::open(Kind::kVerb, arguments.positionals()[0], arguments, context);
  if (!run) return run;
  const Offering found = offering<Kind>(run->scene(), context);
  if (found.exit != Exit::ok) return leave(found.exit);
  return run;
}

template <class Kind>
Exit run_resource_delete(const Arguments& arguments, Context& context) {
  auto run = open_run<Kind>(arguments, context);
  if (!run) return run.error();
  const std::vector<std::string> wanted(arguments.positionals().begin() + 1, arguments.positionals().end());
  Exit exit = Exit::ok;
  for (const auto& [name, host] : run->scene().inventory) {
    for (const std::string& key : wanted) {
      const auto item = find_item<Kind>(host, key);
      if (!item) exit = worst(exit, context.report(item.error()));
    }
  }
  if (exit != Exit::ok) return exit;
  return remove_items<Kind>(*run, context, [&](const inventory::HostSnapshot&, const auto& item) {
    return std::ranges::any_of(wanted,
                               [&](const std::string& key) { return Kind::name(item) == key || item.id == key; });
  });
}

}  // namespace firmform::cli

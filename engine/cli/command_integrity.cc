// SPDX-License-Identifier: Apache-2.0
// firmform integrity show|check
#include <algorithm>

#include "engine/base/text.h"
#include "engine/cli/direct_run.h"
#include "engine/cli/direct_verbs.h"
#include "engine/cli/plan_output.h"
#include "engine/report/table.h"

namespace firmform::cli {
namespace {

using inventory::HostSnapshot;

std::optional<IntegrityState> state_of(const HostSnapshot& host) {
  static const Providers providers = all_providers();
  const Provider* provider = providers.find(host.provider);
  return provider == nullptr ? std::nullopt : provider->integrity(host);
}

std::string shown(const std::string& text) {
  return text.empty() ? "-" : printable(text);
}

json::Value json_of(const HostSnapshot& host) {
  json::Object object{{"name", host.name}, {"status", inventory::to_string(host.status)}};
  if (host.error) {
    object.append("error", json::Object{{"code", to_string(host.error->code())}, {"message", host.error->message()}});
  }
  const auto state = host.error ? std::nullopt : state_of(host);
  object.append("offered", state.has_value());
  if (!state) return object;
  object.append("result", state->result);
  object.append("time", state->time);
  object.append("background", state->background);
  object.append("on_failure", state->on_failure);
  return object;
}

/// The hosts that were read and show no such check are printed as not offering it.
Exit report_unoffered(const Scene& scene, Context& context) {
  Exit exit = Exit::ok;
  for (const auto& [name, host] : scene.inventory) {
    if (host.error || state_of(host)) continue;
    const Error error(Code::feature_not_offered,
                      fmt::format("{}: the BMC shows no check of its firmware, or has no licence for one", name));
    exit = worst(exit, context.report(error));
  }
  return exit;
}

std::string table_of(const Scene& scene, const report::Style& style) {
  report::Table table({{"HOST", 6}, {"RESULT", 8}, {"TIME", 20}, {"BACKGROUND SCAN", 8}, {"ON FAILURE", 8}});
  bool any = false;
  for (const auto& [name, host] : scene.inventory) {
    const auto state = host.error ? std::nullopt : state_of(host);
    if (!state) continue;
    any = true;
    table.add({name, shown(state->result), shown(state->time), shown(state->background), shown(state->on_failure)});
  }
  constexpr int kNarrowest = 40;
  return any ? table.render(static_cast<std::size_t>(std::max(style.width, kNarrowest)), style.color) : std::string();
}

}  // namespace

Exit run_integrity_show(const Arguments& arguments, Context& context) {
  const auto scene = look_at(arguments.positionals(), arguments, context);
  if (!scene) return scene.error();
  const Exit unread = report_unread(*scene, context);
  const Exit exit = worst(unread, report_unoffered(*scene, context));
  if (!arguments.has("json")) {
    context.out.print(table_of(*scene, report_style(context)));
    return exit;
  }
  json::Array hosts;
  for (const auto& [name, host] : scene->inventory) hosts.push_back(json_of(host));
  context.out.print(json::dump_pretty(json::Object{{"format_version", "1.0"}, {"hosts", std::move(hosts)}}));
  return exit;
}

Exit run_integrity_check(const Arguments& arguments, Context& context) {
  auto run = DirectRun::open("integrity", arguments.positionals()[0], arguments, context);
  if (!run) return run.error();
  std::vector<HostWork> work;
  for (const std::string& host : run->scene().hosts) {
    work.push_back({.host = host, .writes = {CheckIntegrity{}}, .reset = {}});
  }
  return run->carry_out(work, {});
}

}  // namespace firmform::cli

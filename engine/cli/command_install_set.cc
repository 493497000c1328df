// SPDX-License-Identifier: Apache-2.0
// firmform install-set list|show|add|delete|invoke|clear
#include "engine/cli/direct_options.h"
#include "engine/cli/direct_verbs.h"
#include "engine/cli/fleet_plan.h"
#include "engine/cli/resource_verbs.h"

namespace firmform::cli {
namespace {

using inventory::HostSnapshot;
using inventory::InstallSet;

struct InstallSetKind {
  using Item = InstallSet;
  static constexpr std::string_view kVerb = "install-set";
  static constexpr std::string_view kFeature = "install sets";
  static constexpr std::string_view kNoun = "install set";
  static constexpr std::string_view kKey = "install_sets";
  static bool offered(const inventory::Staging& staging) { return !staging.install_sets_uri.empty(); }
  static const std::vector<Item>& items(const inventory::Staging& staging) { return staging.install_sets; }
  static std::string_view name(const Item& item) { return item.name; }
  static std::string text(const Hosts& hosts, const report::Style& style) { return install_sets_text(hosts, style); }
  static json::Object totals(const HostSnapshot& host) { return {{"limit", host.staging->limits.install_sets}}; }
  static ResourceWrite removal(const Item& item) { return RemoveInstallSet{item}; }
};

/// The manifest cut down to these install sets: what apply would do for them, and nothing else.
Result<manifest::Desired> only_sets(const Project& project, std::span<const std::string> names) {
  const auto manifest = declared(project);
  if (!manifest) return fail(manifest.error());
  std::vector<manifest::InstallSetChoice> choices;
  for (const std::string& name : names) {
    const auto set = find_declared(manifest->install_sets, name, "install set");
    if (!set) return fail(set.error());
    choices.push_back({.name = name,
                       .set = std::make_shared<const manifest::InstallSet>(**set),
                       .span = manifest->install_sets.at(name).span});
  }
  manifest::Desired desired = project.desired;
  desired.absent_windows.clear();
  for (auto& [name, host] : desired.hosts) {
    host.baselines.clear();
    host.repository.reset();
    host.window.reset();
    host.install_sets = choices;
  }
  return desired;
}

Result<InvokeInstallSet> wanted_invoke(const Arguments& arguments, const HostSnapshot& host) {
  const auto set = find_item<InstallSetKind>(host, arguments.positionals()[1]);
  if (!set) return fail(set.error());
  auto window = window_option(arguments, host);
  if (!window) return fail(window.error());
  const auto start = time_option(arguments, "start-after", clock_of(host));
  if (!start) return fail(start.error());
  const auto expire = time_option(arguments, "expire", clock_of(host));
  if (!expire) return fail(expire.error());
  return InvokeInstallSet{.set = **set,
                          .clear_queue = arguments.has("clear-queue"),
                          .tpm_override = arguments.has("tpm-override"),
                          .update_recovery_set = arguments.has("update-recovery-set"),
                          .window_id = std::move(*window),
                          .start_after = *start,
                          .expire = *expire};
}

}  // namespace

Exit run_install_set_list(const Arguments& arguments, Context& context) {
  return run_resource_list<InstallSetKind>(arguments, context);
}

Exit run_install_set_show(const Arguments& arguments, Context& context) {
  return run_resource_show<InstallSetKind>(arguments, context);
}

Exit run_install_set_add(const Arguments& arguments, Context& context) {
  auto run = open_run<InstallSetKind>(arguments, context);
  if (!run) return run.error();
  const auto desired = only_sets(run->scene().project, std::span(arguments.positionals()).subspan(1));
  if (!desired) return context.report(desired.error());
  const auto planned = plan_on(run->scene().project, *desired, run->scene().inventory, context);
  if (!planned) return planned.error();
  context.report(planned->diagnostics, *run->scene().project.sources);
  return run->carry_out(planned->plan, planned->exit());
}

Exit run_install_set_delete(const Arguments& arguments, Context& context) {
  return run_resource_delete<InstallSetKind>(arguments, context);
}

Exit run_install_set_invoke(const Arguments& arguments, Context& context) {
  auto run = open_run<InstallSetKind>(arguments, context);
  if (!run) return run.error();
  std::vector<HostWork> work;
  Exit exit = Exit::ok;
  for (const auto& [name, host] : run->scene().inventory) {
    auto invoke = wanted_invoke(arguments, host);
    if (invoke) {
      work.push_back({.host = name, .writes = {std::move(*invoke)}, .reset = {}});
    } else {
      exit = worst(exit, context.report(invoke.error()));
    }
  }
  return exit == Exit::ok ? run->carry_out(work, {}) : exit;
}

Exit run_install_set_clear(const Arguments& arguments, Context& context) {
  auto run = open_run<InstallSetKind>(arguments, context);
  if (!run) return run.error();
  return remove_items<InstallSetKind>(*run, context,
                                      [](const HostSnapshot&, const InstallSet& set) { return !set.is_recovery; });
}

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/direct_run.h"
#include "engine/cli/direct_verbs.h"
#include "engine/cli/reset_action.h"

namespace firmform::cli {
namespace {

/// Redfish's reset has no parameter for either, and no BMC that is known here has one of its own.
Status refuse_message_and_delay(const Arguments& arguments, const Scene& scene) {
  for (const std::string_view option : {"message", "delay"}) {
    if (!arguments.has(option)) continue;
    const inventory::HostSnapshot& host = scene.inventory.begin()->second;
    return fail(Error(Code::feature_not_offered,
                      fmt::format("not offered: the BMC of {} ({}) takes no {} with a reset", host.name,
                                  host.manager.model.empty() ? host.product : host.manager.model, option))
                    .with_help("tell the users of the host by other means, and leave the option out"));
  }
  return {};
}

Result<plan::Action> wanted_reset(const std::string& what, const inventory::HostSnapshot& host,
                                  const std::optional<std::string>& type) {
  if (what == "bmc") return bmc_reset_action(host, type);
  static const Providers providers = all_providers();
  const Provider* provider = providers.find(host.provider);
  if (provider == nullptr) return fail(Code::internal_error, "the host was read by a provider that does not exist");
  return host_reset_action(host, *provider, type);
}

}  // namespace

Exit run_reset(const Arguments& arguments, Context& context) {
  const std::string& what = arguments.positionals()[1];
  if (what != "host" && what != "bmc") {
    return context.report(
        Error(Code::usage, fmt::format("`{}` is neither host nor bmc", what)).with_help("firmform reset web-01 host"));
  }
  auto run = DirectRun::open("reset", arguments.positionals()[0], arguments, context);
  if (!run) return run.error();
  if (const Status offered = refuse_message_and_delay(arguments, run->scene()); !offered)
    return context.report(offered.error());
  std::vector<HostWork> work;
  Exit exit = Exit::ok;
  for (const auto& [name, host] : run->scene().inventory) {
    auto action = wanted_reset(what, host, arguments.value("type"));
    if (action) {
      work.push_back({.host = name, .writes = {}, .reset = std::move(*action)});
    } else {
      exit = worst(exit, context.report(action.error().with_context(name)));
    }
  }
  return exit == Exit::ok ? run->carry_out(work, {}) : exit;
}

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/reset.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/hpe/delivery.h"
#include "providers/hpe/dialect.h"
#include "providers/hpe/facts.h"
#include "providers/hpe/suitability.h"
#include "providers/redfish/recipe.h"

namespace firmform::hpe {
namespace {

/// The iLO restarts with the server, and is away for some minutes more than after a reset.
constexpr Duration kIloRestart = std::chrono::minutes(4);

bool needs_power_cycle(const inventory::HostSnapshot& host, const std::vector<std::string>& components) {
  return std::ranges::any_of(components, [&](const std::string& address) {
    const inventory::Component* component = host.find(address);
    return component != nullptr && is_programmable_logic(*component);
  });
}

/// The iLO flashes a host that is off; what was flashed takes over when the host is switched on.
plan::Action switch_on(const inventory::HostSnapshot& host, const std::vector<std::string>& components) {
  const redfish::Timing timing = dialect().quirks.host_reset;
  plan::Action action;
  action.type = plan::ActionType::reset_host;
  action.components = components;
  action.summary = "switch the host on (On)";
  action.request = plan::PlannedRequest{.target = host.system.reset_target, .body = json::Object{{"ResetType", "On"}}};
  action.completion = plan::Completion::host_ready;
  action.preconditions = {redfish::idle()};
  action.postconditions = {redfish::powered_on(), redfish::host_ready()};
  action.expected = timing.expected;
  action.deadline = timing.deadline;
  action.restarts = plan::Restarts::host;
  return action;
}

}  // namespace

bool waits_for_repair(const inventory::HostSnapshot& host) {
  const bool can_switch_on = std::ranges::find(host.system.reset_types, "On") != host.system.reset_types.end();
  return host.system.power_state == "Off" && !host.incidents.empty() && can_switch_on;
}

std::variant<plan::Action, Impossible> plan_reset(const inventory::HostSnapshot& host,
                                                  const std::vector<std::string>& components) {
  if (!may(host, kResetPrivilege)) {
    return impossible(
        Code::privilege_missing,
        fmt::format("the account lacks the privilege {} (Virtual Power and Reset), which a restart of the "
                    "host needs",
                    kResetPrivilege));
  }
  if (waits_for_repair(host)) return switch_on(host, components);
  auto reset = redfish::host_reset(host, components, dialect().quirks.host_reset);
  auto* action = std::get_if<plan::Action>(&reset);
  if (action == nullptr || !needs_power_cycle(host, components)) return reset;
  const std::string_view target = fact(host, kAuxCycle);
  if (target.empty()) {
    return impossible(Code::reset_not_offered,
                      "programmable logic becomes active only by an AC power cycle, which this "
                      "iLO does not offer");
  }
  action->summary = "cut the power of the host and its iLO for a moment (AuxCycle)";
  action->request =
      plan::PlannedRequest{.target = std::string(target), .body = json::Object{{"ResetType", "AuxCycle"}}};
  action->expected += kIloRestart;
  action->deadline += kIloRestart;
  return reset;
}

}  // namespace firmform::hpe

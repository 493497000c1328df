// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/reset_action.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "engine/base/text.h"

namespace firmform::cli {
namespace {

using plan::Action;
using plan::Condition;

constexpr Duration kHostExpected = std::chrono::minutes(5);
constexpr Duration kHostDeadline = std::chrono::minutes(30);
constexpr Duration kBmcExpected = std::chrono::minutes(3);
constexpr Duration kBmcDeadline = std::chrono::minutes(15);

Error not_offered(std::string_view what, const std::string& type, const std::vector<std::string>& offered) {
  const Error error(Code::reset_not_offered,
                    fmt::format("the BMC does not offer {} for {}", type.empty() ? "any restart" : type, what));
  if (offered.empty()) return error.with_help("it lists no reset types");
  const auto near = nearest(type, offered);
  const Error with_list = error.with_help(fmt::format("it offers: {}", fmt::join(offered, ", ")));
  return near ? with_list.with_help(fmt::format("did you mean `{}`?", *near)) : with_list;
}

/// What the host is after a reset of that type; empty where it cannot be told.
std::string power_after(std::string_view type) {
  constexpr std::array<std::string_view, 2> kOff = {"ForceOff", "GracefulShutdown"};
  constexpr std::array<std::string_view, 6> kOn = {"On",           "ForceOn",    "GracefulRestart",
                                                   "ForceRestart", "PowerCycle", "FullPowerCycle"};
  if (std::ranges::find(kOff, type) != kOff.end()) return "Off";
  return std::ranges::find(kOn, type) != kOn.end() ? "On" : "";
}

Action reset_action(plan::ActionType type, const std::string& target, const std::string& reset_type) {
  Action action;
  action.type = type;
  action.request = plan::PlannedRequest{.target = target, .body = json::Object{{"ResetType", reset_type}}};
  action.preconditions = {{.type = Condition::Type::update_service_idle}};
  return action;
}

Action host_action(const inventory::HostSnapshot& host, const std::string& type) {
  Action action = reset_action(plan::ActionType::reset_host, host.system.reset_target, type);
  action.summary = fmt::format("reset the host ({})", type);
  const std::string power = power_after(type);
  if (!power.empty()) action.postconditions = {{.type = Condition::Type::power_state, .value = power}};
  if (power == "On") {
    action.completion = plan::Completion::host_ready;
    action.postconditions.push_back({.type = Condition::Type::host_ready});
  }
  action.expected = kHostExpected;
  action.deadline = kHostDeadline;
  action.restarts = plan::Restarts::host;
  return action;
}

}  // namespace

Result<Action> host_reset_action(const inventory::HostSnapshot& host, const Provider& provider,
                                 const std::optional<std::string>& type) {
  if (!type) {
    auto planned = provider.plan_host_reset(host, {});
    if (auto* action = std::get_if<Action>(&planned)) return std::move(*action);
    const plan::Reason& reason = std::get<Impossible>(planned).reason;
    Error error(reason.code, fmt::format("{}: {}", host.name, reason.text));
    for (const std::string& help : reason.help) error = error.with_help(help);
    return fail(std::move(error));
  }
  const bool offered = std::ranges::find(host.system.reset_types, *type) != host.system.reset_types.end();
  if (host.system.reset_target.empty() || !offered)
    return fail(not_offered("the host", *type, host.system.reset_types));
  return host_action(host, *type);
}

Result<Action> bmc_reset_action(const inventory::HostSnapshot& host, const std::optional<std::string>& type) {
  constexpr std::array<std::string_view, 2> kPreferred = {"GracefulRestart", "ForceRestart"};
  const std::vector<std::string>& types = host.manager.reset_types;
  const auto is_offered = [&](std::string_view name) { return std::ranges::find(types, name) != types.end(); };
  std::string chosen = type.value_or("");
  if (!type) {
    if (const auto* found = std::ranges::find_if(kPreferred, is_offered); found != kPreferred.end()) chosen = *found;
  }
  if (host.manager.reset_target.empty() || !is_offered(chosen)) return fail(not_offered("itself", chosen, types));
  Action action = reset_action(plan::ActionType::reset_bmc, host.manager.reset_target, chosen);
  action.summary = fmt::format("restart the BMC ({})", chosen);
  action.completion = plan::Completion::bmc_back;
  action.expected = kBmcExpected;
  action.deadline = kBmcDeadline;
  action.restarts = plan::Restarts::bmc;
  return action;
}

}  // namespace firmform::cli

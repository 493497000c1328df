// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/host_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/apply/purpose.h"
#include "engine/apply/window_check.h"
#include "engine/plan/make_plan.h"

namespace firmform::apply {
namespace {

/// Preflight reasons in one error: the first speaks, the others are notes.
Error refusal(const std::string& host, const std::vector<plan::Reason>& reasons) {
  Error error(Code::preflight_refused, fmt::format("{} cannot be changed now: {}", host, reasons.front().text));
  for (std::size_t i = 1; i < reasons.size(); ++i) {
    error = error.with_note(fmt::format("{}: {}", to_string(reasons[i].code), reasons[i].text));
  }
  for (const plan::Reason& reason : reasons) {
    for (const std::string& help : reason.help) error = error.with_help(help);
  }
  return error.with_note("nothing was sent to it");
}

HostOutcome moved(const std::string& host, const std::string& what) {
  return {HostResult::moved, Error(Code::host_moved, fmt::format("{} changed since the plan: {}", host, what))};
}

/// Time is no matter of how the host is: the run looks at windows when it comes to the host.
std::vector<plan::Condition> preconditions(const plan::Plan& plan, const plan::PlannedHost& host, plan::ActionId id) {
  const std::vector<plan::Condition>& all = plan.actions[id].preconditions;
  return host.window ? without_times(all) : all;
}

std::optional<std::string> first_break(const plan::Plan& plan, const plan::PlannedHost& host,
                                       std::span<const plan::ActionId> actions,
                                       const inventory::HostSnapshot& snapshot) {
  for (const plan::ActionId id : actions) {
    if (auto broken = first_broken(preconditions(plan, host, id), snapshot)) return broken;
  }
  return std::nullopt;
}

/// Preconditions of the first write; those of the others may come true on the way.
std::optional<std::string> broken_at_the_start(const plan::Plan& plan, const plan::PlannedHost& host,
                                               std::span<const plan::ActionId> actions,
                                               const inventory::HostSnapshot& snapshot) {
  const plan::ActionId first = actions.front();
  if (is_fulfilled(plan, actions, first, snapshot)) return std::nullopt;
  return first_broken(preconditions(plan, host, first), snapshot);
}

/// Work that the run waits for when it comes to the host.
bool may_wait(const plan::Plan& plan, const inventory::HostSnapshot& snapshot) {
  return plan.foreign_work != manifest::ForeignWork::refuse &&
         plan::check({.type = plan::Condition::Type::update_service_idle}, snapshot);
}

/// Before POST is over the inventory cannot be trusted, and what is flashed then may be lost.
std::optional<plan::Reason> not_ready_for_firmware(const plan::Plan& plan, std::span<const plan::ActionId> actions,
                                                   const inventory::HostSnapshot& snapshot) {
  const auto flashes = [&](plan::ActionId id) { return plan.actions[id].type == plan::ActionType::flash; };
  if (std::ranges::none_of(actions, flashes)) return std::nullopt;
  auto why = plan::check({.type = plan::Condition::Type::host_ready}, snapshot);
  if (!why) return std::nullopt;
  return plan::Reason{
      .code = Code::host_not_ready, .text = std::move(*why), .help = {"Wait some minutes, then plan again."}};
}

/// Preflight and POST.
std::optional<HostOutcome> unfit(const plan::Plan& plan, const plan::PlannedHost& host,
                                 std::span<const plan::ActionId> actions, const inventory::HostSnapshot& snapshot,
                                 const Provider& provider) {
  std::vector<plan::Reason> reasons = provider.preflight(snapshot);
  if (auto why = not_ready_for_firmware(plan, actions, snapshot)) reasons.push_back(std::move(*why));
  if (reasons.empty()) return std::nullopt;
  return HostOutcome{HostResult::failed, refusal(host.name, reasons), {}};
}

Error lost_while_preparing(const Error& error) {
  return error.with_note("this came up while the host was being checked: nothing was sent to it");
}

}  // namespace

HostResult result_of(const Error& error) {
  switch (status_of(error.code())) {
    case inventory::HostStatus::unreachable:
    case inventory::HostStatus::refused:
      return HostResult::unreachable;
    case inventory::HostStatus::ok:
    case inventory::HostStatus::failed:
      return HostResult::failed;
  }
  return HostResult::failed;
}

std::optional<HostOutcome> reason_against(const plan::Plan& plan, const plan::PlannedHost& host,
                                          std::span<const plan::ActionId> actions,
                                          const inventory::HostSnapshot& snapshot, const Provider& provider) {
  if (may_wait(plan, snapshot)) return std::nullopt;
  if (inventory::fingerprint(snapshot) != host.fingerprint) {
    // Others may have been at work since the plan, which the manifest allows: what it rests on must hold all the same.
    const bool allows_others = plan.foreign_work != manifest::ForeignWork::refuse;
    if (allows_others) return reason_after_foreign_work(plan, host, actions, snapshot, provider);
    return moved(host.name,
                 first_break(plan, host, actions, snapshot)
                     .value_or("its inventory or the state of its update service is not the one that was planned for"));
  }
  if (auto broken = broken_at_the_start(plan, host, actions, snapshot)) return moved(host.name, *broken);
  return unfit(plan, host, actions, snapshot, provider);
}

std::optional<HostOutcome> reason_after_foreign_work(const plan::Plan& plan, const plan::PlannedHost& host,
                                                     std::span<const plan::ActionId> actions,
                                                     const inventory::HostSnapshot& snapshot,
                                                     const Provider& provider) {
  const bool adopts = plan.foreign_work == manifest::ForeignWork::adopt;
  const auto broken = adopts ? broken_at_the_start(plan, host, actions, snapshot)
                             : first_broken(preconditions(plan, host, actions.front()), snapshot);
  if (broken) return moved(host.name, *broken);
  return unfit(plan, host, actions, snapshot, provider);
}

Task<std::optional<HostOutcome>> check_host(World world, const plan::Plan& plan, const plan::PlannedHost& host,
                                            std::vector<plan::ActionId> actions) {
  const Provider* provider = world.providers.find(host.provider);
  if (provider == nullptr) {
    co_return HostOutcome{HostResult::failed,
                          Error(Code::internal_error, fmt::format("no provider '{}'", host.provider))};
  }
  const Target target = target_of(host);
  auto client = world.connector.client(target);
  if (!client) co_return HostOutcome{HostResult::unreachable, client.error()};
  const auto snapshot = co_await read_host(**client, world.providers, target, world.clock);
  co_await (*client)->logout();
  if (!snapshot) co_return HostOutcome{result_of(snapshot.error()), lost_while_preparing(snapshot.error())};
  co_return reason_against(plan, host, actions, *snapshot, *provider);
}

}  // namespace firmform::apply

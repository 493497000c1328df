// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/report_timeline.h"

#include <set>
#include <string_view>

#include "engine/simulate/simulate.h"
#include "providers/provider.h"

namespace firmform::cli {
namespace {

constexpr std::size_t kMostHosts = 400;

std::size_t hosts_with_actions(const plan::Plan& plan) {
  std::set<std::string_view> hosts;
  for (const plan::Action& action : plan.actions) hosts.insert(action.host);
  return hosts.size();
}

}  // namespace

std::optional<simulate::Timeline> rehearsed_timeline(const plan::Plan& plan, const inventory::Inventory& inventory,
                                                     UtcTime start) {
  if (plan.actions.empty() || hosts_with_actions(plan) > kMostHosts) return std::nullopt;
  const bool guessed = inventory.empty();
  auto outcome = simulate::simulate(plan, guessed ? simulate::inventory_of(plan) : inventory, all_providers(),
                                    {.start = start, .guessed_inventory = guessed});
  if (!outcome || !outcome->timeline.violations.empty()) return std::nullopt;
  return std::move(outcome->timeline);
}

}  // namespace firmform::cli

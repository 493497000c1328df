// SPDX-License-Identifier: Apache-2.0
// Many hosts as one plan: order between hosts, and one graph of all actions.
#pragma once

#include <vector>

#include "engine/plan/chain.h"
#include "engine/plan/draft.h"

namespace firmform::plan {

/// Blocks the changes of hosts that must wait for a host which cannot be done. `hosts` is sorted by name,
/// and the order between them has no cycle.
void block_waiting_hosts(const Scope& scope, std::vector<HostDraft>& hosts);

struct FleetActions {
  std::vector<Action> actions;
  /// Ids in `actions`, by host and by change of the host.
  std::vector<std::vector<std::vector<ActionId>>> of_change;
};

/// All chains in one topological order, stable by host and place in the chain. The first actions of a host
/// need the last ones of those that it comes after; a host without actions passes on what it waits for.
[[nodiscard]] FleetActions join(const std::vector<HostDraft>& hosts, std::vector<HostChain> chains);

}  // namespace firmform::plan

// SPDX-License-Identifier: Apache-2.0
// The actions of one host in their order. At most one write is on its way on a host at any time, so each
// write needs the one before; a restart of the host comes once in a round, after all other writes but those that clean
// up, and the next round needs all that the one before brought.
#pragma once

#include <vector>

#include "engine/plan/dependencies.h"
#include "engine/plan/draft.h"

namespace firmform::plan {

struct HostChain {
  std::vector<Action> actions;                   ///< in order; `id` and `needs` count within this vector
  std::vector<std::vector<ActionId>> of_change;  ///< by index of HostDraft::changes
  std::vector<Wait> cycle;                       ///< not empty: the order is impossible, and there are no actions

  /// Actions that nothing on the host needs; whoever waits for the host waits for these.
  [[nodiscard]] std::vector<ActionId> last() const;
};

/// Phase by phase; of firmware round by round, by rank; each as its waits allow. Moves the actions out of the drafts.
[[nodiscard]] HostChain chain(HostDraft& host);

}  // namespace firmform::plan

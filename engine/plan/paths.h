// SPDX-License-Identifier: Apache-2.0
// The order in which the firmware of a host gets to its wanted versions: through which versions, and before which
// restart of the host each step comes.
#pragma once

#include <vector>

#include "engine/plan/draft.h"

namespace firmform::plan {

/// Gives each step of the wanted changes its round and rank, and sets Change::path. Blocks changes for which there is
/// no legal way, with the constraints that stand against each other. Where a BMC's queue does the work, only the first
/// round is for this plan, and the changes of later ones are put off.
void arrange(const Scope& scope, HostDraft& host);

/// Places of the wanted firmware changes as they come where nothing else orders them: the BMC's own first, then in the
/// order of the manifest.
[[nodiscard]] std::vector<std::size_t> natural_order(const HostDraft& host);

}  // namespace firmform::plan

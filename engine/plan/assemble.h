// SPDX-License-Identifier: Apache-2.0
// From hosts and their chains of actions to the plan.
#pragma once

#include <vector>

#include "engine/plan/chain.h"
#include "engine/plan/draft.h"

namespace firmform::plan {

/// `hosts` are sorted by name, and `chains` are theirs.
[[nodiscard]] Plan assemble(const Inputs& inputs, std::vector<HostDraft> hosts, std::vector<HostChain> chains);

}  // namespace firmform::plan

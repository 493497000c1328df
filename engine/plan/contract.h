// SPDX-License-Identifier: Apache-2.0
// What the engine relies on in what providers plan. A recipe that breaks it is a bug and never runs.
#pragma once

#include <string>
#include <vector>

#include "providers/provider.h"

namespace firmform::plan {

/// One sentence per violation; empty when the recipe may run.
[[nodiscard]] std::vector<std::string> violations(const Recipe& recipe, const ChangeRequest& request);
/// Of the actions of one write on what the BMC keeps.
[[nodiscard]] std::vector<std::string> violations_of_write(const std::vector<Action>& actions,
                                                           const ResourceRequest& request);
[[nodiscard]] std::vector<std::string> violations_of_reset(const Action& reset, const inventory::HostSnapshot& host);

}  // namespace firmform::plan

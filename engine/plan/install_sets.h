// SPDX-License-Identifier: Apache-2.0
// Install sets: what the manifest says of them against what the BMC keeps.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/draft.h"

namespace firmform::plan {

/// Plans sets that are missing, differ in order or content, or shall not be there; the images that they name are
/// stored first.
void plan_install_sets(const Scope& scope, HostDraft& host);

/// Blocks new sets for which the BMC has no room, removals of this plan counted.
void check_install_set_limit(const Scope& scope, HostDraft& host);

/// What differs, one line each: "step 2: U46_2.36.fwpkg, was U46_2.34.fwpkg".
[[nodiscard]] std::vector<std::string> differences(const inventory::InstallSet& from, const inventory::InstallSet& to);

}  // namespace firmform::plan

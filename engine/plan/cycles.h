// SPDX-License-Identifier: Apache-2.0
// Impossible orders, shown as the shortest cycle with the manifest lines that make it.
#pragma once

#include <vector>

#include "engine/plan/dependencies.h"
#include "engine/plan/draft.h"

namespace firmform::plan {

/// Reports the cycles that the manifest itself makes, of hosts and of baselines' entries. False when there
/// is one.
[[nodiscard]] bool report_cycles(const Scope& scope);

/// A cycle that appears only with the changes of this host (by `requires`).
[[nodiscard]] Diagnostic cycle_of_host(const HostDraft& host, const std::vector<Wait>& cycle);

}  // namespace firmform::plan

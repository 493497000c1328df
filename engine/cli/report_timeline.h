// SPDX-License-Identifier: Apache-2.0
// The timeline that reports of a plan show: what would happen when.
#pragma once

#include <optional>

#include "engine/inventory/snapshot.h"
#include "engine/plan/plan.h"
#include "engine/simulate/timeline.h"

namespace firmform::cli {

/// The plan carried out on modelled BMCs, in no time. Absent when the plan has no actions, when it has so many hosts
/// that trying it would keep people waiting, and when it cannot be tried; reports then estimate. `inventory` may be
/// empty: then it is told from the plan.
[[nodiscard]] std::optional<simulate::Timeline> rehearsed_timeline(const plan::Plan& plan,
                                                                   const inventory::Inventory& inventory,
                                                                   UtcTime start);

}  // namespace firmform::cli

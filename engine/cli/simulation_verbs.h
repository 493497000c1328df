// SPDX-License-Identifier: Apache-2.0
// Verbs that try things on modelled BMCs, and what they share.
#pragma once

#include "engine/catalog/catalog.h"
#include "engine/cli/project.h"
#include "engine/cli/verb.h"
#include "engine/inventory/snapshot.h"
#include "engine/plan/estimates.h"

namespace firmform::cli {

[[nodiscard]] Verb simulate_verb();
[[nodiscard]] Verb calendar_verb();
[[nodiscard]] Verb selftest_verb();

/// All that plans at any time are made of.
struct PlanningGround {
  Project project;
  manifest::Desired desired;  ///< of the hosts that are looked at
  inventory::Inventory inventory;
  catalog::Catalog catalog;
  plan::Estimates estimates;
  Diagnostics diagnostics;  ///< the manifest's warnings, and images that cannot be used
};

/// Options used: target, from-snapshot, read-parallelism. Problems of the whole are printed.
[[nodiscard]] OrExit<PlanningGround> open_ground(const Arguments& arguments, Context& context);

/// The time of an option, in RFC 3339; `fallback` when it is not given. A wrong one is printed.
[[nodiscard]] OrExit<UtcTime> time_option(const Arguments& arguments, std::string_view option, UtcTime fallback,
                                          Context& context);
/// Now, in whole seconds.
[[nodiscard]] UtcTime whole_second();

}  // namespace firmform::cli

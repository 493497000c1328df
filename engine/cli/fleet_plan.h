// SPDX-License-Identifier: Apache-2.0
// From a project to a plan, live or from a recorded inventory; shared by plan, graph and apply.
#pragma once

#include "engine/cli/project_catalog.h"
#include "engine/cli/runtime.h"
#include "engine/plan/estimates.h"
#include "engine/plan/plan.h"

namespace firmform::cli {

struct PlannedFleet {
  plan::Plan plan;
  inventory::Inventory inventory;
  Diagnostics diagnostics;  ///< the manifest's warnings and what planning found

  /// The exit code of a verb that only looks: ok, unless hosts could not be read or changes are blocked.
  [[nodiscard]] Exit exit() const;
};

/// Options used: target, from-snapshot, read-parallelism. Problems that leave no plan are printed.
[[nodiscard]] OrExit<PlannedFleet> plan_fleet(const Project& project, const Arguments& arguments, Context& context);

/// Plans for the hosts of an inventory that was read before, and for what `whole` says, which is the project's or a
/// part of it. `pins` are for the images that it names.
[[nodiscard]] OrExit<PlannedFleet> plan_on(const Project& project, const manifest::Desired& whole,
                                           inventory::Inventory inventory, Context& context,
                                           Pins pins = Pins::required);

/// How long things took here before. Without a journal, or with one that cannot be read now, nothing is known. In a lab
/// whose speed the program follows, the journal's times are no durations.
[[nodiscard]] plan::Estimates learned(const Project& project);

}  // namespace firmform::cli

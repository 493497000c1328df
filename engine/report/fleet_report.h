// SPDX-License-Identifier: Apache-2.0
// What every report about a fleet is made from: one value, computed once, so that text, exit code, Markdown, JUnit,
// SARIF, metrics and page can never say different things.
#pragma once

#include "engine/apply/view.h"
#include "engine/base/diagnostic.h"
#include "engine/inventory/snapshot.h"
#include "engine/plan/drift.h"
#include "engine/simulate/timeline.h"

namespace firmform::report {

struct FleetReport {
  std::string verb;                                 ///< "plan", "drift", "apply", "show", "watch"
  const plan::Plan& plan;                           ///< with the results of policies
  const plan::Drift& drift;                         ///< of that plan, or of what a run left of it
  const Diagnostics& diagnostics;                   ///< of manifest and planning
  const SourceMap& sources;                         ///< that their spans point into; may be empty
  Exit exit = Exit::ok;                             ///< what the verb ends with
  UtcTime at{};                                     ///< when the report was made
  const inventory::Inventory* inventory = nullptr;  ///< absent of a saved plan
  const apply::Summary* run = nullptr;              ///< after an apply
  const simulate::Timeline* timeline = nullptr;     ///< of a simulation or a run, where one is known
  /// Of the manifest as seen from where the program was started, "fleet/prod": so that the places in a report are paths
  /// of the checkout that a pipeline works in. Empty: the same.
  std::string directory = {};
};

}  // namespace firmform::report

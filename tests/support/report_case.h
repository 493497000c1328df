// SPDX-License-Identifier: Apache-2.0
// A FleetReport that owns what it is about, for tests of report formats.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "engine/report/fleet_report.h"
#include "engine/report/plan_after.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {

struct ReportCase {
  std::string verb = "plan";
  plan::Plan plan;
  manifest::Policies policies;
  Diagnostics diagnostics;
  SourceMap sources;
  inventory::Inventory inventory;
  std::optional<apply::Summary> run;
  std::optional<Exit> exit;  ///< absent: what the verb would end with
  plan::Drift drift = {};

  /// What `plan -detailed-exitcode` and `drift` end with.
  [[nodiscard]] Exit exit_of_verb() const {
    if (exit) return *exit;
    if (verb == "drift") return plan::drift_of(plan, policies).exit();
    if (run) return worst(diagnostics.exit(), run->exit());
    const Exit found = diagnostics.exit();
    if (found != Exit::ok) return found;
    if (!plan.actions.empty()) return Exit::changes;
    return plan.count(plan::ChangeKind::pending) > 0 ? Exit::scheduled : Exit::ok;
  }

  /// Good until the case is changed.
  [[nodiscard]] report::FleetReport report() {
    drift = plan::drift_of(run ? report::plan_after(plan, *run) : plan, policies);
    return {.verb = verb,
            .plan = plan,
            .drift = drift,
            .diagnostics = diagnostics,
            .sources = sources,
            .exit = exit_of_verb(),
            .at = kNow,
            .inventory = inventory.empty() ? nullptr : &inventory,
            .run = run ? &*run : nullptr,
            .timeline = nullptr,
            .directory = "fleet"};
  }
};

/// As the verb `plan` has it: what stands in the way is a problem, the rest is in the plan.
inline ReportCase planned_case(const SmallFleet& fleet) {
  ReportCase made;
  Parsed<plan::Plan> planned = fleet.plan();
  made.plan = std::move(planned.value).value();
  made.diagnostics = planned.diagnostics.errors();
  made.sources = fleet.lines.sources();
  made.inventory = fleet.inventory;
  return made;
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// Calendar: when the fleet would be as the manifest wants it, if `apply` were run whenever something may be begun. It
// plans, simulates, takes what the machines then show for the inventory, and goes on to the next time. Pure apart from
// the time that it takes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/catalog/catalog.h"
#include "engine/inventory/snapshot.h"
#include "engine/manifest/desired.h"
#include "engine/plan/estimates.h"
#include "engine/plan/plan.h"
#include "providers/provider.h"

namespace firmform::simulate {

struct CalendarInputs {
  const manifest::Desired& desired;
  const inventory::Inventory& inventory;
  const catalog::Catalog& catalog;
  const SourceMap& sources;
  const Providers& providers;
  std::string tool_version;
  const plan::Estimates* estimates = nullptr;
  UtcTime start{};
  UtcTime until{};  ///< nothing is begun from then on
  int parallelism = 10;
  bool explain_limits =
      true;  ///< find out which limit holds the fleet back: as many calendars again as there are limits
};

/// One run of `apply`.
struct CalendarRun {
  UtcTime start{};
  UtcTime end{};
  std::vector<std::string> windows;  ///< names of those that its hosts were held in; empty: none
  std::size_t begun = 0;             ///< hosts that something was sent to
  std::size_t compliant = 0;         ///< hosts that are as wanted for the first time
  std::size_t failed = 0;
  std::size_t waiting = 0;  ///< hosts with work left
};

/// A host that is not as wanted at the end, and why.
struct Straggler {
  std::string host;
  std::vector<std::string> reasons;
};

/// How much sooner the fleet would be done without one of its limits.
struct Limit {
  std::string name;             ///< "windows and freeze periods", "max_in_flight per rack"
  std::optional<UtcTime> done;  ///< without it; absent: not even then
  Duration gain{0};             ///< earlier than with it
  std::size_t more_hosts = 0;   ///< that are only as wanted without it
};

struct Calendar {
  UtcTime start{};
  UtcTime until{};
  std::size_t hosts = 0;
  std::size_t compliant_before = 0;
  std::vector<CalendarRun> runs;  ///< those that did something
  std::optional<UtcTime> done;    ///< when the last host is as wanted; absent: never
  std::vector<Straggler> stragglers;
  std::vector<Limit> limits;  ///< those that hold back at all, the worst first
};

/// Fails with what a simulation fails with, and with a plan that cannot be made.
[[nodiscard]] Result<Calendar> make_calendar(const CalendarInputs& inputs);

}  // namespace firmform::simulate

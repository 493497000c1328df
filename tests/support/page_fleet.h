// SPDX-License-Identifier: Apache-2.0
// Fleets for tests of the HTML page: a plan with its drift and all else that a report is made from.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/report/fleet_report.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {

class PageFleet {
 public:
  /// Hosts that are as wanted, older, newer, without what is wanted, out of reach, and older in part; over again.
  static PageFleet mixed(int hosts) {
    SmallFleet fleet;
    fleet.entry("iLO 5", "3.11", "ilo5_311.bin");
    fleet.entry("System ROM", "2.34", "rom.bin");
    for (int i = 0; i < hosts; ++i) {
      const std::string name = fmt::format("web-{:02}", i + 1);
      inventory::HostSnapshot made = i % 6 == 4 ? unreachable(name) : seen(name, i % 6);
      made.system.model = i % 2 == 0 ? "ProLiant DL360 Gen10 Plus" : "ProLiant DL380 Gen10 Plus";
      fleet.add(std::move(made)).labels = {{"rack", fmt::format("r{}", i / 4)}};
    }
    return PageFleet(std::move(fleet));
  }

  /// One entry for each component; one host of three is older in some of them.
  static PageFleet large(int hosts, int components) {
    SmallFleet fleet;
    for (int c = 0; c < components; ++c) {
      fleet.entry(fmt::format("Component {:02}", c), "2.0", fmt::format("image-{:02}.bin", c));
    }
    for (int i = 0; i < hosts; ++i) {
      std::vector<inventory::Component> seen;
      for (int c = 0; c < components; ++c) {
        const bool older = i % 3 == 0 && (i / 3 + c) % 7 < 3;
        seen.push_back(component(fmt::format("C{:02}", c), fmt::format("Component {:02}", c), older ? "1.0" : "2.0"));
      }
      fleet.add(host(fmt::format("web-{:04}", i), std::move(seen))).labels = {{"rack", fmt::format("r{:03}", i / 20)},
                                                                              {"row", fmt::format("{}", i % 8)}};
    }
    fleet.desired.rollout.batches = {{.value = {.value = 5}, .span = {}},
                                     {.value = {.value = 20, .percent = true}, .span = {}}};
    return PageFleet(std::move(fleet));
  }

  /// In the plan, as if the BMC said so.
  void rename_component(const std::string& name, const std::string& other) {
    for (plan::Change& change : plan.changes) {
      if (change.name == name) change.name = other;
    }
  }

  /// Judges the plan once more, after it was changed.
  void drift() { judged = plan::drift_of(plan, fleet.desired.policies); }

  [[nodiscard]] report::FleetReport report() const {
    return {.verb = "drift",
            .plan = plan,
            .drift = judged,
            .diagnostics = diagnostics,
            .sources = sources,
            .exit = judged.exit(),
            .at = kNow,
            .inventory = &fleet.inventory,
            .run = run ? &*run : nullptr,
            .timeline = timeline ? &*timeline : nullptr};
  }

  SmallFleet fleet;
  SourceMap sources;
  Diagnostics diagnostics;
  plan::Plan plan;
  plan::Drift judged;
  std::optional<apply::Summary> run;
  std::optional<simulate::Timeline> timeline;

 private:
  explicit PageFleet(SmallFleet made) : fleet(std::move(made)), sources(fleet.lines.sources()) {
    auto parsed = fleet.plan();
    plan = std::move(*parsed.value);
    diagnostics = std::move(parsed.diagnostics);
    drift();
  }

  static inventory::HostSnapshot seen(const std::string& name, int kind) {
    switch (kind) {
      case 1:
        return host(name, {bmc("2.99"), bios("2.10")});
      case 2:
        return host(name, {bmc("3.20"), bios("2.34")});
      case 3:
        return host(name, {bmc("3.11"), component("Disk.0", "Disk", "HPG4")});
      case 5:
        return host(name, {bmc("3.11"), bios("2.10")});
      default:
        return host(name, {bmc("3.11"), bios("2.34")});
    }
  }
};

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// What a report has to say about places in the manifest, hosts and rules: the same for comments, SARIF and annotations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/report/fleet_report.h"

namespace firmform::report {

/// Where in the checkout; lines and columns count from 1, in Unicode characters.
struct Place {
  std::string file;  ///< as a pipeline knows it: with FleetReport::directory in front
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::uint32_t length = 0;  ///< 0: not known
  bool operator==(const Place&) const = default;
};

struct FleetFinding {
  enum class Level { error, warning, note };
  enum class Kind {
    problem,      ///< of manifest, images or run
    blocked,      ///< what cannot be changed
    caution,      ///< what is to be heeded of a change that will be made
    unreachable,  ///< a host that could not be read
    policy,       ///< a rule that did not simply pass
    drift,        ///< what is not as the manifest wants it
    host,         ///< a host that an apply did not bring to its end
  };
  Kind kind = Kind::problem;
  Level level = Level::error;
  std::string rule;               ///< "FF0303", "drift-older", "policy-small-steps"
  std::string title;              ///< of the rule
  std::string message;            ///< with the subject in front
  std::vector<std::string> help;  ///< what to do
  std::optional<Place> place;
  std::string subject;  ///< "web-01/SystemBMC", the first of those concerned; empty: everything
};

[[nodiscard]] std::string_view to_string(FleetFinding::Level level);  ///< "error", "warning", "note"

/// One for each cause, however many hosts and components it concerns; by kind, in the order above.
[[nodiscard]] std::vector<FleetFinding> findings_of(const FleetReport& report);

/// Whether there is a plan at all; else counts of changes mean nothing.
[[nodiscard]] bool has_plan(const FleetReport& report);

/// What became of it all, in the words of the terminal: "Plan: 2 to update, …", "Apply complete in 4m: 3 hosts done.",
/// "The manifest is not valid: 2 errors, 1 warning."
[[nodiscard]] std::string verdict_of(const FleetReport& report);

/// The place that "baselines.yaml:12:9" names; empty for other texts.
[[nodiscard]] std::optional<Place> parse_place(const FleetReport& report, const std::string& origin);

}  // namespace firmform::report

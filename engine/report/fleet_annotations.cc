// SPDX-License-Identifier: Apache-2.0
// GitHub's workflow commands. A step shows ten annotations of each level, so the tenth says how many more there are.
#include <fmt/format.h>

#include <vector>

#include "engine/base/text.h"
#include "engine/report/fleet_findings.h"
#include "engine/report/fleet_formats.h"
#include "engine/report/markdown_text.h"

namespace firmform::report {
namespace {

using Level = FleetFinding::Level;

constexpr std::size_t kMostOfLevel = 10;

std::string escaped(std::string_view text, bool is_property) {
  constexpr std::size_t kLongest = 4'000;
  std::string result;
  for (const char c : clipped(printable(text), kLongest)) {
    const bool special = c == '%' || (is_property && (c == ':' || c == ','));
    result += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return result;
}

std::string_view command_of(Level level) {
  switch (level) {
    case Level::error:
      return "error";
    case Level::warning:
      return "warning";
    case Level::note:
      return "notice";
  }
  return "notice";
}

std::string command(Level level, const std::string& properties, const std::string& title, const std::string& text) {
  return fmt::format("::{} {}title={}::{}\n", command_of(level), properties, escaped(title, true),
                     escaped(text, false));
}

std::string annotation(const FleetFinding& finding) {
  std::string properties;
  if (finding.place) {
    const Place& place = *finding.place;
    properties = fmt::format("file={},line={},col={},", escaped(place.file, true), place.line, place.column);
    if (place.length > 0) properties += fmt::format("endColumn={},", place.column + place.length);
  }
  std::string text = finding.message;
  if (!finding.help.empty()) text += ". " + finding.help.front();
  return command(finding.level, properties, fmt::format("{} {}", finding.rule, finding.title), text);
}

}  // namespace

std::string github_report(const FleetReport& report) {
  const std::vector<FleetFinding> findings = findings_of(report);
  std::string text;
  for (const Level level : {Level::error, Level::warning, Level::note}) {
    std::vector<const FleetFinding*> of_level;
    for (const FleetFinding& finding : findings) {
      if (finding.level == level) of_level.push_back(&finding);
    }
    const bool all = of_level.size() <= kMostOfLevel;
    const std::size_t shown = all ? of_level.size() : kMostOfLevel - 1;
    for (std::size_t i = 0; i < shown; ++i) text += annotation(*of_level[i]);
    if (!all) {
      text += command(level, "", "firmform",
                      fmt::format("{} further {} in the job's log", of_level.size() - shown,
                                  level == Level::note ? "notes are" : fmt::format("{}s are", to_string(level))));
    }
  }
  return text + command(Level::note, "", "firmform " + report.verb, verdict_of(report));
}

}  // namespace firmform::report

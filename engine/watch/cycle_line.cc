// SPDX-License-Identifier: Apache-2.0
// A cycle as a line for people.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/watch/state.h"

namespace firmform::watch {
namespace {

std::string how_it_stands(const Picture& picture) {
  std::string text = picture.hosts_in_line == picture.hosts && picture.hosts > 0
                         ? fmt::format("all {} in line", counted(picture.hosts, "host"))
                         : fmt::format("{} of {} in line", picture.hosts_in_line, counted(picture.hosts, "host"));
  std::vector<std::string> classes;
  for (const auto& [drift, count] : picture.drift) classes.push_back(fmt::format("{} {}", count, to_string(drift)));
  return classes.empty() ? text : fmt::format("{} ({})", text, fmt::join(classes, ", "));
}

std::string outcomes_text(const Cycle& cycle) {
  std::vector<std::string> parts;
  for (const auto& [result, count] : cycle.outcomes) parts.push_back(fmt::format("{} {}", count, result));
  return fmt::format("run {}: {}", cycle.run_id,
                     parts.empty() ? "no hosts" : fmt::format("{}", fmt::join(parts, ", ")));
}

std::string first_note(const Cycle& cycle) {
  return cycle.notes.empty() ? std::string("no reason is known") : cycle.notes.front();
}

/// What the result says beside how the fleet stands; may be empty.
std::string what_happened(const Cycle& cycle) {
  switch (cycle.result) {
    case CycleResult::in_line:
      return {};
    case CycleResult::drifted:
      return cycle.run_id.empty() ? std::string() : outcomes_text(cycle);
    case CycleResult::applied:
    case CycleResult::incomplete:
      return outcomes_text(cycle);
    case CycleResult::paused:
      return fmt::format("run {} waits for a person", cycle.run_id);
    case CycleResult::busy:
      return "another run is at work";
    case CycleResult::denied:
      return "a policy speaks against the plan";
    case CycleResult::interrupted:
      return cycle.run_id.empty() ? "interrupted" : fmt::format("run {} is interrupted", cycle.run_id);
    case CycleResult::failed:
      return fmt::format("not looked at: {}", first_note(cycle));
  }
  return {};
}

}  // namespace

std::string cycle_line(const Cycle& cycle, std::optional<UtcTime> next) {
  std::vector<std::string> parts;
  if (std::string happened = what_happened(cycle); !happened.empty()) parts.push_back(std::move(happened));
  if (cycle.picture) parts.push_back(how_it_stands(*cycle.picture));
  if (!cycle.flaps.empty()) parts.push_back(fmt::format("{} flapping", cycle.flaps.size()));
  std::string line =
      fmt::format("{} {}{}", to_rfc3339(cycle.began), cycle.revision, cycle.revision.empty() ? "" : ": ");
  line += printable(fmt::format("{}", fmt::join(parts, "; ")));
  if (next) line += fmt::format(". Looks again at {}", to_rfc3339(*next));
  return line;
}

}  // namespace firmform::watch

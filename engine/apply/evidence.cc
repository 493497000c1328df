// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/base/time_text.h"

namespace firmform::apply {
namespace {

constexpr std::size_t kMostEntries = 10;
constexpr std::size_t kLongestText = 240;

bool is_notable(const LogEntry& entry) {
  constexpr std::array<std::string_view, 4> kQuiet = {"", "ok", "informational", "info"};
  return std::ranges::find(kQuiet, to_lower(entry.severity)) == kQuiet.end();
}

std::string note_of(const LogEntry& entry) {
  std::string note = entry.log.empty() ? "BMC's log" : entry.log;
  if (entry.at) note += ", " + to_rfc3339(*entry.at);
  if (!entry.severity.empty()) note += ", " + entry.severity;
  note += ": " + entry.text;
  if (!entry.code.empty()) note += fmt::format(" ({})", entry.code);
  if (note.size() > kLongestText) note = note.substr(0, kLongestText) + "…";
  return printable(note);
}

}  // namespace

Duration clock_skew(const inventory::HostSnapshot& snapshot) {
  std::optional<UtcTime> clock = snapshot.staging ? snapshot.staging->clock : std::nullopt;
  if (!clock) clock = parse_rfc3339(snapshot.manager.date_time);
  return clock ? *clock - snapshot.captured_at : Duration(0);
}

std::vector<std::string> log_notes(std::span<const LogEntry> entries) {
  std::vector<bool> chosen(entries.size());
  std::size_t left = kMostEntries;
  for (const bool notable : {true, false}) {
    for (std::size_t i = entries.size(); i-- > 0 && left > 0;) {
      if (is_notable(entries[i]) != notable) continue;
      chosen[i] = true;
      --left;
    }
  }
  std::vector<std::string> notes;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (chosen[i]) notes.push_back(note_of(entries[i]));
  }
  return notes;
}

std::vector<std::string> incident_notes(const std::string& host, const inventory::HostSnapshot& snapshot) {
  std::vector<std::string> notes;
  for (const inventory::Incident& incident : snapshot.incidents) {
    notes.push_back(fmt::format("found on the host: {}", printable(incident.text)));
  }
  if (!notes.empty()) notes.push_back(fmt::format("`firmform recover {}` shows the ways out", host));
  return notes;
}

}  // namespace firmform::apply

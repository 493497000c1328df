// SPDX-License-Identifier: Apache-2.0
#include "engine/journal/journal.h"

#include <algorithm>
#include <array>
#include <utility>

namespace firmform::journal {
namespace {

constexpr std::array<std::pair<EventKind, std::string_view>, 12> kNames = {{
    {EventKind::run_started, "run_started"},
    {EventKind::intent, "intent"},
    {EventKind::accepted, "accepted"},
    {EventKind::refused, "refused"},
    {EventKind::uncertain, "uncertain"},
    {EventKind::observed, "observed"},
    {EventKind::succeeded, "succeeded"},
    {EventKind::failed, "failed"},
    {EventKind::skipped, "skipped"},
    {EventKind::unknown, "unknown"},
    {EventKind::detached, "detached"},
    {EventKind::run_finished, "run_finished"},
}};

}  // namespace

std::string_view to_string(EventKind kind) {
  return std::ranges::find(kNames, kind, &std::pair<EventKind, std::string_view>::first)->second;
}

std::optional<EventKind> parse_event_kind(std::string_view text) {
  const auto* found = std::ranges::find(kNames, text, &std::pair<EventKind, std::string_view>::second);
  return found == kNames.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace firmform::journal

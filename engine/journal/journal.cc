// SPDX-License-Identifier: Apache-2.0
#include "engine/journal/journal.h"

#include <algorithm>
#include <array>
#include <utility>

namespace firmform::journal {
namespace {

constexpr std::array<std::pair<EventKind, std::string_view>, 29> kNames = {{
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
    {EventKind::resumed, "resumed"},
    {EventKind::deferred, "deferred"},
    {EventKind::waiting, "waiting"},
    {EventKind::health, "health"},
    {EventKind::settings, "settings"},
    {EventKind::settings_differ, "settings_differ"},
    {EventKind::host_done, "host_done"},
    {EventKind::host_failed, "host_failed"},
    {EventKind::wave_started, "wave_started"},
    {EventKind::wave_finished, "wave_finished"},
    {EventKind::paused, "paused"},
    {EventKind::continued, "continued"},
    {EventKind::advanced, "advanced"},
    {EventKind::cancelled, "cancelled"},
    {EventKind::windows_ignored, "windows_ignored"},
    {EventKind::policy_overridden, "policy_overridden"},
    {EventKind::control_seen, "control_seen"},
}};

constexpr std::array<std::pair<ControlKind, std::string_view>, 4> kControls = {{
    {ControlKind::pause, "pause"},
    {ControlKind::proceed, "continue"},
    {ControlKind::advance, "advance"},
    {ControlKind::cancel, "cancel"},
}};

}  // namespace

Task<Result<std::int64_t>> Journal::ask(std::string run_id, Control) {
  co_return fail(Code::control_refused, "nobody else can ask anything of run " + run_id);
}

Result<std::vector<Control>> Journal::controls(const std::string&) {
  return std::vector<Control>();
}

std::string_view to_string(EventKind kind) {
  return std::ranges::find(kNames, kind, &std::pair<EventKind, std::string_view>::first)->second;
}

std::optional<EventKind> parse_event_kind(std::string_view text) {
  const auto* found = std::ranges::find(kNames, text, &std::pair<EventKind, std::string_view>::second);
  return found == kNames.end() ? std::nullopt : std::optional(found->first);
}

std::string_view to_string(ControlKind kind) {
  return std::ranges::find(kControls, kind, &std::pair<ControlKind, std::string_view>::first)->second;
}

std::optional<ControlKind> parse_control_kind(std::string_view text) {
  const auto* found = std::ranges::find(kControls, text, &std::pair<ControlKind, std::string_view>::second);
  return found == kControls.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace firmform::journal

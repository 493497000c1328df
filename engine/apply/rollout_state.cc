// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/rollout_state.h"

#include <charconv>

namespace firmform::apply {
namespace {

using journal::EventKind;

template <class Number>
std::optional<Number> number_in(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

WaveRecord* wave_of(RolloutState& state, const journal::Event& event) {
  const auto index = number_in<std::size_t>(event.subject);
  return index ? &state.waves[*index] : nullptr;
}

void apply_wave_event(RolloutState& state, const journal::Event& event) {
  WaveRecord* wave = wave_of(state, event);
  if (wave == nullptr) return;
  if (event.kind == EventKind::wave_started) wave->started = true;
  if (event.kind == EventKind::advanced) wave->advanced = true;
  if (event.kind == EventKind::continued) wave->continued = true;
  if (event.kind != EventKind::wave_finished) return;
  wave->finished_at = event.at;
  wave->decision = event.detail;
}

void apply_host_event(RolloutState& state, const journal::Event& event) {
  HostRecord& host = state.hosts[event.subject];
  if (event.kind == EventKind::host_done) host.done = true;
  if (event.kind == EventKind::host_failed) host.failure = event.detail;
  if (event.kind == EventKind::health) host.health = event.detail;
  if (event.kind == EventKind::settings) host.settings = event.detail;
  if (event.kind == EventKind::health || event.kind == EventKind::settings) host.read_at = event.at;
}

}  // namespace

void apply_event(RolloutState& state, const journal::Event& event) {
  switch (event.kind) {
    case EventKind::wave_started:
    case EventKind::wave_finished:
    case EventKind::advanced:
      apply_wave_event(state, event);
      break;
    case EventKind::health:
    case EventKind::settings:
    case EventKind::host_done:
    case EventKind::host_failed:
      apply_host_event(state, event);
      break;
    case EventKind::paused:
      state.paused = Pause{.wave = number_in<std::size_t>(event.subject), .reason = event.detail};
      break;
    case EventKind::continued:
      state.paused.reset();
      apply_wave_event(state, event);
      break;
    case EventKind::cancelled:
      state.cancelled = true;
      break;
    case EventKind::control_seen:
      state.controls_seen = number_in<std::int64_t>(event.subject).value_or(state.controls_seen);
      break;
    case EventKind::windows_ignored:
      state.windows_ignored = event.detail;
      break;
    case EventKind::policy_overridden:
      state.overridden[event.subject] = event.detail;
      break;
    case EventKind::run_started:
    case EventKind::intent:
    case EventKind::accepted:
    case EventKind::refused:
    case EventKind::uncertain:
    case EventKind::observed:
    case EventKind::succeeded:
    case EventKind::failed:
    case EventKind::skipped:
    case EventKind::unknown:
    case EventKind::detached:
    case EventKind::run_finished:
    case EventKind::resumed:
    case EventKind::deferred:
    case EventKind::waiting:
    case EventKind::settings_differ:
      break;  // about actions, or notes
  }
}

RolloutState fold_rollout(std::span<const journal::Event> events) {
  RolloutState state;
  for (const journal::Event& event : events) apply_event(state, event);
  return state;
}

}  // namespace firmform::apply

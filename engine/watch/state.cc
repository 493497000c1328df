// SPDX-License-Identifier: Apache-2.0
#include "engine/watch/state.h"

#include <algorithm>

namespace firmform::watch {
namespace {

std::size_t bucket_of(double seconds) {
  const auto place = std::ranges::lower_bound(kCycleBounds, seconds);
  return static_cast<std::size_t>(place - kCycleBounds.begin());
}

}  // namespace

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::waiting:
      return "waiting";
    case Phase::polling:
      return "polling";
    case Phase::looking:
      return "looking";
    case Phase::applying:
      return "applying";
    case Phase::stopping:
      return "stopping";
  }
  return "waiting";
}

void record(State& state, Cycle cycle, UtcTime now) {
  const double seconds = std::chrono::duration<double>(cycle.took).count();
  ++state.cycles[cycle.result];
  ++state.durations[bucket_of(seconds)];
  state.seconds += seconds;
  for (const auto& [result, hosts] : cycle.outcomes) state.outcomes[result] += hosts;
  if (cycle.picture) state.picture = cycle.picture;
  if (succeeded(cycle.result)) state.last_success = now;
  state.last = std::move(cycle);
}

std::optional<std::string> not_ready(const State& state) {
  if (!state.last) return "the first look at the fleet is not over";
  if (!state.last->manifest_valid) return "the manifest is not valid";
  if (!succeeded(state.last->result)) return "the last look at the fleet did not come to its end";
  return std::nullopt;
}

}  // namespace firmform::watch

// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/timeline.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace firmform::simulate {

std::string_view to_string(SpanKind kind) {
  switch (kind) {
    case SpanKind::upload:
      return "upload";
    case SpanKind::flash:
      return "flash";
    case SpanKind::resource:
      return "resource";
    case SpanKind::restart_host:
      return "restart-host";
    case SpanKind::restart_bmc:
      return "restart-bmc";
    case SpanKind::verify:
      return "verify";
    case SpanKind::hold:
      return "hold";
    case SpanKind::outage:
      return "outage";
  }
  return "flash";
}

std::size_t Timeline::count(apply::HostResult result) const {
  return static_cast<std::size_t>(std::ranges::count(lanes, result, &Lane::result));
}

std::size_t Timeline::host_restarts() const {
  return std::accumulate(lanes.begin(), lanes.end(), std::size_t{0}, [](std::size_t sum, const Lane& lane) {
    return sum + static_cast<std::size_t>(lane.host_restarts);
  });
}

std::size_t Timeline::bmc_restarts() const {
  return std::accumulate(lanes.begin(), lanes.end(), std::size_t{0}, [](std::size_t sum, const Lane& lane) {
    return sum + static_cast<std::size_t>(lane.bmc_restarts);
  });
}

std::size_t Timeline::flashes() const {
  std::size_t count = 0;
  for (const Lane& lane : lanes) {
    count += static_cast<std::size_t>(std::ranges::count(lane.spans, SpanKind::flash, &Span::kind));
  }
  return count;
}

std::vector<plan::HeldWindow> windows_of(const Timeline& timeline) {
  std::vector<plan::HeldWindow> windows;
  for (const Lane& lane : timeline.lanes) {
    if (!lane.window) continue;
    const auto same = [&](const plan::HeldWindow& known) {
      return known.name == lane.window->name && known.start == lane.window->start && known.end == lane.window->end;
    };
    if (std::ranges::none_of(windows, same)) windows.push_back(*lane.window);
  }
  std::ranges::sort(windows,
                    [](const auto& a, const auto& b) { return std::tie(a.start, a.name) < std::tie(b.start, b.name); });
  return windows;
}

int most_at_once(const std::vector<const Lane*>& lanes) {
  std::vector<std::pair<UtcTime, int>> steps;
  for (const Lane* lane : lanes) {
    if (!lane->started) continue;
    steps.emplace_back(*lane->started, 1);
    if (lane->finished) steps.emplace_back(*lane->finished, -1);
  }
  // Who ends and who begins at the same instant hand over the place: ends come first.
  std::ranges::sort(steps);
  int now = 0;
  int most = 0;
  for (const auto& [at, change] : steps) {
    now += change;
    most = std::max(most, now);
  }
  return most;
}

}  // namespace firmform::simulate

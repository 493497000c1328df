// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/promises.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/base/time_text.h"

namespace firmform::simulate {
namespace {

using Broken = std::optional<std::string>;

Broken broken_by_machines(const Timeline& timeline) {
  if (timeline.violations.empty()) return std::nullopt;
  const Violation& first = timeline.violations.front();
  return fmt::format("{} at {}: {}", first.host, to_rfc3339(first.at), first.text);
}

Broken broken_limit(const Timeline& timeline) {
  for (const Peak& peak : timeline.peaks) {
    if (peak.limit > 0 && peak.most > peak.limit) {
      return fmt::format("{}: {} at the same time, and {} are allowed", peak.name, peak.most, peak.limit);
    }
  }
  return std::nullopt;
}

/// No host of a wave is begun before all of the waves before it are done, and the soak is over.
Broken broken_wave(const plan::Plan& plan, const Timeline& timeline) {
  if (!plan.rollout) return std::nullopt;
  std::map<std::size_t, UtcTime> ends;
  for (const Lane& lane : timeline.lanes) {
    if (!lane.wave || !lane.started) continue;
    UtcTime& end = ends[*lane.wave];
    end = std::max(end, lane.finished.value_or(timeline.end) + plan.rollout->waves[*lane.wave].soak);
  }
  for (const Lane& lane : timeline.lanes) {
    if (!lane.wave || !lane.started) continue;
    for (const auto& [wave, end] : ends) {
      if (wave < *lane.wave && *lane.started < end) {
        return fmt::format("{} of {} was begun at {}, before {} was over at {}", lane.host,
                           plan.rollout->waves[*lane.wave].name, to_rfc3339(*lane.started),
                           plan.rollout->waves[wave].name, to_rfc3339(end));
      }
    }
  }
  return std::nullopt;
}

Broken broken_window(const Timeline& timeline) {
  for (const Lane& lane : timeline.lanes) {
    if (!lane.window || !lane.started) continue;
    if (*lane.started < lane.window->start || *lane.started > lane.window->latest_start) {
      return fmt::format("{} was begun at {}, and its window {} lets it begin from {} to {}", lane.host,
                         to_rfc3339(*lane.started), lane.window->name, to_rfc3339(lane.window->start),
                         to_rfc3339(lane.window->latest_start));
    }
  }
  return std::nullopt;
}

struct Extent {
  UtcTime start = UtcTime::max();
  UtcTime end = UtcTime::min();
};

std::map<plan::ActionId, Extent> extents_of(const Timeline& timeline) {
  std::map<plan::ActionId, Extent> extents;
  for (const Lane& lane : timeline.lanes) {
    for (const Span& span : lane.spans) {
      if (span.kind == SpanKind::outage) continue;
      Extent& extent = extents[span.action];
      extent.start = std::min(extent.start, span.start);
      extent.end = std::max(extent.end, span.end);
    }
  }
  return extents;
}

Broken broken_order(const plan::Plan& plan, const Timeline& timeline) {
  const auto extents = extents_of(timeline);
  for (const auto& [id, extent] : extents) {
    for (const plan::ActionId needed : plan.actions[id].needs) {
      const auto before = extents.find(needed);
      if (before == extents.end() || before->second.end <= extent.start) continue;
      return fmt::format("{}: \"{}\" was begun before \"{}\" was done", plan.actions[id].host, plan.actions[id].summary,
                         plan.actions[needed].summary);
    }
  }
  return std::nullopt;
}

Broken missing_intent(const plan::Plan& plan, const Timeline& timeline, const std::vector<journal::Event>& events) {
  std::map<plan::ActionId, UtcTime> intents;
  for (const journal::Event& event : events) {
    if (event.kind == journal::EventKind::intent && event.action) intents.try_emplace(*event.action, event.at);
  }
  for (const auto& [id, extent] : extents_of(timeline)) {
    if (!plan.actions[id].request) continue;
    const auto intent = intents.find(id);
    if (intent != intents.end() && intent->second <= extent.start) continue;
    return fmt::format("{}: \"{}\" was sent before the journal knew of it", plan.actions[id].host,
                       plan.actions[id].summary);
  }
  return std::nullopt;
}

}  // namespace

Broken first_broken(const plan::Plan& plan, const Timeline& timeline, const std::vector<journal::Event>& events) {
  if (auto broken = broken_by_machines(timeline)) return broken;
  if (auto broken = broken_limit(timeline)) return broken;
  if (auto broken = broken_wave(plan, timeline)) return broken;
  if (auto broken = broken_window(timeline)) return broken;
  if (auto broken = broken_order(plan, timeline)) return broken;
  return missing_intent(plan, timeline, events);
}

}  // namespace firmform::simulate

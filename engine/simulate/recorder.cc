// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace firmform::simulate {
namespace {

SpanKind kind_of(const plan::Action& action) {
  return action.type == plan::ActionType::hold ? SpanKind::hold : SpanKind::verify;
}

int restarts(const std::vector<Span>& spans, SpanKind kind) {
  return static_cast<int>(std::ranges::count(spans, kind, &Span::kind));
}

}  // namespace

Recorder::Recorder(const plan::Plan& plan, const Clock& clock) : plan_(plan), clock_(clock), start_(clock.now()) {
  if (!plan.rollout) return;
  for (std::size_t i = 0; i < plan.rollout->waves.size(); ++i) {
    for (const std::string& host : plan.rollout->waves[i].hosts) wave_of_[host] = i;
  }
}

void Recorder::run_started(const plan::Plan&, const std::string&, bool) {}

void Recorder::wave_started(const plan::Wave& wave, std::size_t index, std::size_t) {
  // A run that was cut off tells of its wave once more.
  if (index < waves_.size()) return;
  waves_.push_back(
      {.name = wave.name, .hosts = wave.hosts.size(), .start = clock_.now(), .end = std::nullopt, .decision = {}});
}

void Recorder::wave_finished(const plan::Wave& wave, const std::string& decision) {
  const auto found = std::ranges::find(waves_, wave.name, &WavePeriod::name);
  if (found == waves_.end()) return;
  found->end = clock_.now();
  found->decision = decision;
}

void Recorder::run_waits(const std::string& reason, std::optional<UtcTime> until) {
  pauses_.push_back({.start = clock_.now(), .until = until, .reason = reason});
}

void Recorder::host_started(const std::string& host) {
  hosts_[host];
}

void Recorder::action_started(const plan::Action& action) {
  Seen& seen = hosts_[action.host];
  seen.moved = true;
  if (!action.request) seen.begun[action.id] = clock_.now();
}

void Recorder::action_progress(const plan::Action& action, std::optional<int>, const std::string&) {
  hosts_[action.host].moved = true;
}

void Recorder::action_succeeded(const plan::Action& action, const std::string&) {
  hosts_[action.host].moved = true;
  end_span(action.host, action.id, false);
}

void Recorder::host_finished(const std::string& host, const apply::HostOutcome& outcome) {
  Seen& seen = hosts_[host];
  // A run that is resumed tells once more of hosts that had come to their end before.
  if (seen.finished && !seen.moved) return;
  seen.finished = clock_.now();
  seen.moved = false;
  seen.result = outcome.result;
  seen.error = outcome.error ? outcome.error->one_line() : std::string();
  while (!seen.begun.empty()) end_span(host, seen.begun.begin()->first, true);
}

void Recorder::run_finished(const apply::Summary&) {}

void Recorder::end_span(const std::string& host, plan::ActionId id, bool failed) {
  Seen& seen = hosts_[host];
  const auto begun = seen.begun.find(id);
  if (begun == seen.begun.end()) return;
  const plan::Action& action = plan_.actions[id];
  seen.spans.push_back({kind_of(action), id, begun->second, clock_.now(), action.summary, failed});
  seen.begun.erase(begun);
}

Lane Recorder::lane_of(const plan::PlannedHost& host, const ModelFleet& fleet) const {
  Lane lane{.host = host.name, .model = host.model, .window = host.window};
  if (const auto wave = wave_of_.find(host.name); wave != wave_of_.end()) lane.wave = wave->second;
  if (const auto seen = hosts_.find(host.name); seen != hosts_.end()) {
    lane.result = seen->second.result;
    lane.error = seen->second.error;
    lane.finished = seen->second.finished;
    lane.spans = seen->second.spans;
  } else {
    lane.result = apply::HostResult::skipped;
  }
  if (const auto first = fleet.first_writes().find(host.name); first != fleet.first_writes().end()) {
    lane.started = first->second;
  }
  if (const auto spans = fleet.spans().find(host.name); spans != fleet.spans().end()) {
    lane.spans.insert(lane.spans.end(), spans->second.begin(), spans->second.end());
  }
  std::ranges::sort(lane.spans, {}, [](const Span& span) { return std::tuple(span.start, span.action, span.kind); });
  lane.host_restarts = restarts(lane.spans, SpanKind::restart_host);
  lane.bmc_restarts = restarts(lane.spans, SpanKind::restart_bmc);
  return lane;
}

void Recorder::add_peaks(Timeline& timeline) const {
  const auto most = [&](const auto& is_meant) {
    std::vector<const Lane*> lanes;
    for (const Lane& lane : timeline.lanes) {
      if (is_meant(lane.host)) lanes.push_back(&lane);
    }
    return most_at_once(lanes);
  };
  timeline.peaks.push_back({.name = "hosts in flight",
                            .limit = plan_.max_hosts_in_flight,
                            .most = most([](const std::string&) { return true; })});
  if (!plan_.rollout) return;
  for (const plan::Budget& budget : plan_.rollout->budgets) {
    const auto is_meant = [&](const std::string& host) { return std::ranges::binary_search(budget.hosts, host); };
    timeline.peaks.push_back(
        {.name = fmt::format("{} {}", budget.label, budget.value), .limit = budget.limit, .most = most(is_meant)});
  }
}

Timeline Recorder::timeline(const ModelFleet& fleet, const FleetOptions& options) const {
  std::set<std::string> busy;
  for (const plan::Action& action : plan_.actions) busy.insert(action.host);
  Timeline timeline{.plan_id = plan_.header.id,
                    .seed = options.seed,
                    .faults = options.faults.describe(),
                    .start = start_,
                    .end = clock_.now(),
                    .waves = waves_,
                    .pauses = pauses_,
                    .violations = fleet.violations(),
                    .faults_met = fleet.faults_met(),
                    .hosts = plan_.hosts.size()};
  for (const plan::PlannedHost& host : plan_.hosts) {
    if (busy.contains(host.name)) timeline.lanes.push_back(lane_of(host, fleet));
  }
  add_peaks(timeline);
  return timeline;
}

}  // namespace firmform::simulate

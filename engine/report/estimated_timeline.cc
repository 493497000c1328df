// SPDX-License-Identifier: Apache-2.0
#include "engine/report/estimated_timeline.h"

#include <algorithm>
#include <map>
#include <queue>

namespace firmform::report {
namespace {

using plan::Action;
using simulate::Lane;
using simulate::Span;
using simulate::SpanKind;
using simulate::Timeline;

/// The hosts of a plan without waves are one wave.
std::vector<plan::Wave> waves_of(const plan::Plan& plan,
                                 const std::map<std::string, std::vector<const Action*>>& work) {
  if (plan.rollout && !plan.rollout->waves.empty()) return plan.rollout->waves;
  plan::Wave all;
  for (const auto& [host, actions] : work) all.hosts.push_back(host);
  return {all};
}

class Estimate {
 public:
  Estimate(const plan::Plan& plan, UtcTime start, int hosts_in_flight)
      : plan_(plan),
        in_flight_(static_cast<std::size_t>(
            std::max(1, plan.max_hosts_in_flight > 0 ? plan.max_hosts_in_flight : hosts_in_flight))) {
    timeline_ = {.plan_id = plan.header.id, .faults = "none", .start = start, .end = start, .hosts = plan.hosts.size()};
    for (const Action& action : plan.actions) work_[action.host].push_back(&action);
    ends_.resize(plan.actions.size(), start);
  }

  Timeline make() {
    const bool has_waves = plan_.rollout && !plan_.rollout->waves.empty();
    UtcTime now = timeline_.start;
    std::size_t index = 0;
    for (const plan::Wave& wave : waves_of(plan_, work_)) {
      const UtcTime begun = now;
      now = run(wave, now, has_waves ? std::optional(index++) : std::nullopt);
      if (!has_waves) continue;
      timeline_.waves.push_back(
          {.name = wave.name, .hosts = wave.hosts.size(), .start = begun, .end = now, .decision = {}});
      if (wave.soak > Duration{0}) {
        timeline_.pauses.push_back({.start = now, .until = now + wave.soak, .reason = "soak after " + wave.name});
        now += wave.soak;
      }
    }
    std::ranges::sort(timeline_.lanes, {}, &Lane::host);
    for (const Lane& lane : timeline_.lanes) timeline_.end = std::max(timeline_.end, lane.finished.value_or(now));
    return std::move(timeline_);
  }

 private:
  /// The end of its last host.
  UtcTime run(const plan::Wave& wave, UtcTime start, std::optional<std::size_t> index) {
    std::priority_queue<UtcTime, std::vector<UtcTime>, std::greater<>> free;
    for (std::size_t i = 0; i < in_flight_; ++i) free.push(start);
    UtcTime end = start;
    for (const std::string& host : wave.hosts) {
      const auto work = work_.find(host);
      if (work == work_.end()) continue;
      const UtcTime slot = free.top();
      free.pop();
      const UtcTime done = run(host, work->second, slot, index);
      free.push(done);
      end = std::max(end, done);
    }
    return end;
  }

  UtcTime run(const std::string& name, const std::vector<const Action*>& actions, UtcTime slot,
              std::optional<std::size_t> wave) {
    const plan::PlannedHost* host = plan_.host(name);
    Lane lane{.host = name, .wave = wave};
    UtcTime begin = slot;
    if (host != nullptr) {
      lane.model = host->model;
      lane.window = host->window;
      if (host->window) begin = std::max(begin, host->window->start);
    }
    UtcTime last = begin;
    for (const Action* action : actions) {
      UtcTime start = begin;
      for (const plan::ActionId need : action->needs) start = std::max(start, ends_[need]);
      const UtcTime end = start + action->expected;
      ends_[action->id] = end;
      last = std::max(last, end);
      if (!lane.started || start < *lane.started) lane.started = start;
      lane.spans.push_back({span_kind(action->type), action->id, start, end, action->summary, false});
    }
    lane.finished = last;
    lane.host_restarts = static_cast<int>(std::ranges::count(actions, plan::Restarts::host, &Action::restarts));
    lane.bmc_restarts = static_cast<int>(std::ranges::count(actions, plan::Restarts::bmc, &Action::restarts));
    timeline_.lanes.push_back(std::move(lane));
    return last;
  }

  const plan::Plan& plan_;
  std::size_t in_flight_;
  Timeline timeline_;
  std::map<std::string, std::vector<const Action*>> work_;
  std::vector<UtcTime> ends_;  ///< of actions, in order of their ids
};

}  // namespace

SpanKind span_kind(plan::ActionType type) {
  switch (type) {
    case plan::ActionType::flash:
    case plan::ActionType::start_update:
      return SpanKind::flash;
    case plan::ActionType::store:
    case plan::ActionType::create:
    case plan::ActionType::change:
    case plan::ActionType::remove:
    case plan::ActionType::invoke:
    case plan::ActionType::restore:
      return SpanKind::resource;
    case plan::ActionType::reset_host:
      return SpanKind::restart_host;
    case plan::ActionType::reset_bmc:
      return SpanKind::restart_bmc;
    case plan::ActionType::verify:
      return SpanKind::verify;
    case plan::ActionType::hold:
      return SpanKind::hold;
  }
  return SpanKind::verify;
}

Timeline estimated_timeline(const plan::Plan& plan, UtcTime start, int hosts_in_flight) {
  return Estimate(plan, start, hosts_in_flight).make();
}

}  // namespace firmform::report

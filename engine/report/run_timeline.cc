// SPDX-License-Identifier: Apache-2.0
#include "engine/report/run_timeline.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/report/estimated_timeline.h"

namespace firmform::report {
namespace {

using simulate::Lane;
using simulate::Span;
using simulate::SpanKind;
using simulate::Timeline;

class RunRecorder final : public apply::View {
 public:
  RunRecorder(const Clock& clock, std::function<void(Timeline)> done) : clock_(clock), done_(std::move(done)) {}

  void run_started(const plan::Plan& plan, const std::string&, bool) override {
    start_ = clock_.now();
    steady_start_ = clock_.steady_now();
    timeline_ = {.plan_id = plan.header.id, .faults = "none", .start = now(), .end = now(), .hosts = plan.hosts.size()};
    for (const plan::Action& action : plan.actions) lane_of(action.host);
    for (const plan::PlannedHost& host : plan.hosts) {
      const auto found = lanes_.find(host.name);
      if (found == lanes_.end()) continue;
      found->second.lane.model = host.model;
      found->second.lane.window = host.window;
    }
    if (!plan.rollout) return;
    for (std::size_t i = 0; i < plan.rollout->waves.size(); ++i) {
      for (const std::string& host : plan.rollout->waves[i].hosts) {
        if (const auto found = lanes_.find(host); found != lanes_.end()) found->second.lane.wave = i;
      }
    }
  }

  /// Waves before the one that a resumed run is in have no time of their own here.
  void wave_started(const plan::Wave& wave, std::size_t index, std::size_t) override {
    while (timeline_.waves.size() < index) {
      timeline_.waves.push_back({.name = {}, .start = timeline_.start, .end = timeline_.start, .decision = {}});
    }
    if (timeline_.waves.size() > index) return;
    timeline_.waves.push_back(
        {.name = wave.name, .hosts = wave.hosts.size(), .start = now(), .end = {}, .decision = {}});
  }

  void wave_finished(const plan::Wave& wave, const std::string& decision) override {
    const auto found = std::ranges::find(timeline_.waves, wave.name, &simulate::WavePeriod::name);
    if (found == timeline_.waves.end()) return;
    found->end = now();
    found->decision = decision;
  }

  void run_waits(const std::string& reason, std::optional<UtcTime> until) override {
    const UtcTime start = now();
    if (until) until = start + (*until - clock_.now());
    timeline_.pauses.push_back({.start = start, .until = until, .reason = reason});
  }

  void host_started(const std::string&) override {}

  void action_started(const plan::Action& action) override {
    Seen& seen = lane_of(action.host);
    if (!seen.lane.started) seen.lane.started = now();
    seen.begun[action.id] = {
        .kind = span_kind(action.type), .action = action.id, .start = now(), .end = now(), .text = action.summary};
  }

  void action_progress(const plan::Action&, std::optional<int>, const std::string&) override {}

  void action_succeeded(const plan::Action& action, const std::string&) override {
    end_span(lane_of(action.host), action.id, false);
  }

  void host_finished(const std::string& host, const apply::HostOutcome& outcome) override {
    Seen& seen = lane_of(host);
    while (!seen.begun.empty()) end_span(seen, seen.begun.begin()->first, true);
    seen.lane.result = outcome.result;
    seen.lane.error = outcome.error ? outcome.error->one_line() : std::string();
    seen.lane.finished = now();
  }

  void run_finished(const apply::Summary& summary) override {
    timeline_.end = now();
    for (auto& [host, seen] : lanes_) {
      if (const auto outcome = summary.hosts.find(host); outcome != summary.hosts.end()) {
        seen.lane.result = outcome->second.result;
      }
      timeline_.lanes.push_back(std::move(seen.lane));
    }
    lanes_.clear();
    done_(std::move(timeline_));
  }

 private:
  struct Seen {
    Lane lane;
    std::map<plan::ActionId, Span> begun;
  };

  /// The time of the day may jump in a run, and what took how long must not.
  [[nodiscard]] UtcTime now() const { return start_ + (clock_.steady_now() - steady_start_); }

  Seen& lane_of(const std::string& host) {
    const auto [place, is_new] = lanes_.try_emplace(host);
    if (is_new) {
      place->second.lane.host = host;
      place->second.lane.result = apply::HostResult::skipped;
    }
    return place->second;
  }

  void end_span(Seen& seen, plan::ActionId id, bool failed) {
    const auto begun = seen.begun.find(id);
    if (begun == seen.begun.end()) return;
    Span span = std::move(begun->second);
    seen.begun.erase(begun);
    span.end = now();
    span.failed = failed;
    if (!failed && span.kind == SpanKind::restart_host) ++seen.lane.host_restarts;
    if (!failed && span.kind == SpanKind::restart_bmc) ++seen.lane.bmc_restarts;
    seen.lane.spans.push_back(std::move(span));
  }

  const Clock& clock_;
  UtcTime start_{};
  SteadyTime steady_start_{};
  std::function<void(Timeline)> done_;
  Timeline timeline_;
  std::map<std::string, Seen> lanes_;
};

}  // namespace

std::unique_ptr<apply::View> make_run_recorder(const Clock& clock, std::function<void(Timeline)> done) {
  return std::make_unique<RunRecorder>(clock, std::move(done));
}

}  // namespace firmform::report

// SPDX-License-Identifier: Apache-2.0
#include "engine/base/time_text.h"
#include "engine/report/timeline_report.h"

namespace firmform::report {
namespace {

using simulate::Lane;
using simulate::Span;
using simulate::Timeline;

json::Value seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

json::Value time(const std::optional<UtcTime>& at) {
  return at ? json::Value(to_rfc3339(*at)) : json::Value();
}

json::Value span_json(const Span& span) {
  return json::Object{{"kind", simulate::to_string(span.kind)},
                      {"action", static_cast<std::int64_t>(span.action)},
                      {"text", span.text},
                      {"start", to_rfc3339(span.start)},
                      {"end", to_rfc3339(span.end)},
                      {"failed", span.failed}};
}

json::Value lane_json(const Timeline& timeline, const Lane& lane) {
  json::Array spans;
  for (const Span& span : lane.spans) spans.push_back(span_json(span));
  json::Object host{
      {"host", lane.host},
      {"model", lane.model},
      {"wave",
       lane.wave && *lane.wave < timeline.waves.size() ? json::Value(timeline.waves[*lane.wave].name) : json::Value()},
      {"result", to_string(lane.result)},
      {"error", lane.error.empty() ? json::Value() : json::Value(lane.error)},
      {"started", time(lane.started)},
      {"finished", time(lane.finished)},
      {"host_restarts", lane.host_restarts},
      {"bmc_restarts", lane.bmc_restarts}};
  if (lane.window) {
    host.append("window", json::Object{{"name", lane.window->name},
                                       {"start", to_rfc3339(lane.window->start)},
                                       {"end", to_rfc3339(lane.window->end)},
                                       {"latest_start", to_rfc3339(lane.window->latest_start)}});
  }
  host.append("spans", std::move(spans));
  return host;
}

json::Array waves_json(const Timeline& timeline) {
  json::Array waves;
  for (const simulate::WavePeriod& wave : timeline.waves) {
    waves.push_back(json::Object{{"name", wave.name},
                                 {"hosts", static_cast<std::int64_t>(wave.hosts)},
                                 {"start", to_rfc3339(wave.start)},
                                 {"end", time(wave.end)},
                                 {"decision", wave.decision}});
  }
  return waves;
}

json::Array limits_json(const Timeline& timeline) {
  json::Array limits;
  for (const simulate::Peak& peak : timeline.peaks) {
    limits.push_back(json::Object{
        {"name", peak.name}, {"limit", peak.limit > 0 ? json::Value(peak.limit) : json::Value()}, {"most", peak.most}});
  }
  return limits;
}

json::Array pauses_json(const Timeline& timeline) {
  json::Array pauses;
  for (const simulate::Pause& pause : timeline.pauses) {
    pauses.push_back(
        json::Object{{"start", to_rfc3339(pause.start)}, {"until", time(pause.until)}, {"reason", pause.reason}});
  }
  return pauses;
}

json::Object summary_json(const Timeline& timeline) {
  json::Object results;
  for (const Lane& lane : timeline.lanes) {
    json::Value& count = results[to_string(lane.result)];
    count = count.as_int().value_or(0) + 1;
  }
  json::Object faults;
  for (const auto& [kind, count] : timeline.faults_met) faults.append(kind, static_cast<std::int64_t>(count));
  return {{"elapsed_seconds", seconds(timeline.elapsed())},
          {"hosts", static_cast<std::int64_t>(timeline.hosts)},
          {"hosts_with_actions", static_cast<std::int64_t>(timeline.lanes.size())},
          {"results", std::move(results)},
          {"flashes", static_cast<std::int64_t>(timeline.flashes())},
          {"host_restarts", static_cast<std::int64_t>(timeline.host_restarts())},
          {"bmc_restarts", static_cast<std::int64_t>(timeline.bmc_restarts())},
          {"faults_met", std::move(faults)}};
}

}  // namespace

json::Value timeline_json(const Timeline& timeline) {
  json::Array hosts;
  for (const Lane& lane : timeline.lanes) hosts.push_back(lane_json(timeline, lane));
  json::Array violations;
  for (const simulate::Violation& violation : timeline.violations) {
    violations.push_back(
        json::Object{{"at", to_rfc3339(violation.at)}, {"host", violation.host}, {"text", violation.text}});
  }
  return json::Object{{"format_version", "1.0"},
                      {"plan", timeline.plan_id},
                      {"seed", timeline.seed},
                      {"faults", timeline.faults},
                      {"start", to_rfc3339(timeline.start)},
                      {"end", to_rfc3339(timeline.end)},
                      {"summary", summary_json(timeline)},
                      {"limits", limits_json(timeline)},
                      {"waves", waves_json(timeline)},
                      {"pauses", pauses_json(timeline)},
                      {"violations", std::move(violations)},
                      {"hosts", std::move(hosts)}};
}

}  // namespace firmform::report

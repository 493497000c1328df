// SPDX-License-Identifier: Apache-2.0
#include "engine/report/fleet_page_times.h"

#include <array>
#include <map>
#include <unordered_map>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/estimated_timeline.h"
#include "engine/report/fleet_page_pool.h"

namespace firmform::report {
namespace {

using simulate::Lane;
using simulate::Span;
using simulate::SpanKind;
using simulate::Timeline;

std::int64_t seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

json::Value time(const std::optional<UtcTime>& at) {
  return at ? json::Value(to_rfc3339(*at)) : json::Value();
}

/// Numbers of hosts by name, as in the page's table of hosts.
using HostNumbers = std::unordered_map<std::string, std::int64_t>;

HostNumbers numbers_of(const plan::Plan& plan) {
  HostNumbers numbers;
  for (const plan::PlannedHost& host : plan.hosts) {
    numbers.emplace(host.name, static_cast<std::int64_t>(numbers.size()));
  }
  return numbers;
}

json::Array hosts(const std::vector<std::string>& names, const HostNumbers& numbers) {
  json::Array array;
  for (const std::string& name : names) {
    if (const auto found = numbers.find(name); found != numbers.end()) array.emplace_back(found->second);
  }
  return array;
}

json::Object rollout(const plan::RolloutPlan& rollout, const HostNumbers& numbers) {
  json::Array waves;
  for (const plan::Wave& wave : rollout.waves) {
    json::Object object{{"name", printable(wave.name)}, {"hosts", hosts(wave.hosts, numbers)}};
    if (wave.soak > Duration{0}) object.append("soak", seconds(wave.soak));
    if (wave.pause) object.append("pause", true);
    if (wave.max_failures) object.append("max_failures", *wave.max_failures);
    if (!wave.arithmetic.empty()) object.append("arithmetic", printable(wave.arithmetic));
    waves.emplace_back(std::move(object));
  }
  json::Array budgets;
  for (const plan::Budget& budget : rollout.budgets) {
    budgets.emplace_back(json::Object{{"label", printable(budget.label)},
                                      {"value", printable(budget.value)},
                                      {"limit", budget.limit},
                                      {"hosts", static_cast<std::int64_t>(budget.hosts.size())},
                                      {"arithmetic", printable(budget.arithmetic)}});
  }
  return {{"seed", rollout.seed}, {"waves", std::move(waves)}, {"budgets", std::move(budgets)}};
}

/// Lanes of a timeline. A span is six numbers in a row: kind, whether it failed, action (by its place among those of
/// its host), seconds from the timeline's start, seconds that it took, and its text; -1: no action, or the action's
/// own text.
class Lanes {
 public:
  Lanes(const Timeline& timeline, const plan::Plan& plan, const HostNumbers& numbers)
      : timeline_(timeline), plan_(plan), numbers_(numbers) {
    std::unordered_map<std::string_view, std::int64_t> counts;
    for (const plan::Action& action : plan.actions) local_.push_back(counts[action.host]++);
  }

  json::Array make() {
    json::Array lanes;
    for (const Lane& lane : timeline_.lanes) {
      if (const auto found = numbers_.find(lane.host); found != numbers_.end()) {
        lanes.emplace_back(made(lane, found->second));
      }
    }
    return lanes;
  }

  json::Array texts() { return texts_.take(); }

 private:
  json::Object made(const Lane& lane, std::int64_t number) {
    json::Object object{{"host", number}, {"result", to_string(lane.result)}};
    if (lane.wave) object.append("wave", static_cast<std::int64_t>(*lane.wave));
    if (lane.started) object.append("started", seconds(*lane.started - timeline_.start));
    if (lane.finished) object.append("finished", seconds(*lane.finished - timeline_.start));
    if (!lane.error.empty()) object.append("error", printable(lane.error));
    json::Array spans;
    for (const Span& span : lane.spans) append(spans, span);
    object.append("spans", std::move(spans));
    return object;
  }

  void append(json::Array& spans, const Span& span) {
    const bool known = span.action < plan_.actions.size();
    const bool own = !known || span.text != plan_.actions[span.action].summary;
    spans.emplace_back(static_cast<std::int64_t>(span.kind));
    spans.emplace_back(span.failed ? 1 : 0);
    spans.emplace_back(known ? local_[span.action] : -1);
    spans.emplace_back(seconds(span.start - timeline_.start));
    spans.emplace_back(seconds(span.end - span.start));
    spans.emplace_back(own && !span.text.empty() ? texts_.number_of(printable(span.text)) : -1);
  }

  const Timeline& timeline_;
  const plan::Plan& plan_;
  const HostNumbers& numbers_;
  std::vector<std::int64_t> local_;
  Pool texts_;
};

json::Array kinds() {
  constexpr std::array kAll = {SpanKind::upload,      SpanKind::flash,  SpanKind::resource, SpanKind::restart_host,
                               SpanKind::restart_bmc, SpanKind::verify, SpanKind::hold,     SpanKind::outage};
  static_assert(kAll.size() == simulate::kSpanKinds);
  json::Array array;
  for (const SpanKind kind : kAll) array.emplace_back(simulate::to_string(kind));
  return array;
}

json::Object timeline_data(const Timeline& timeline, std::string_view source, const plan::Plan& plan,
                           const HostNumbers& numbers) {
  json::Array waves;
  for (const simulate::WavePeriod& wave : timeline.waves) {
    waves.emplace_back(json::Object{{"name", printable(wave.name)},
                                    {"hosts", static_cast<std::int64_t>(wave.hosts)},
                                    {"start", to_rfc3339(wave.start)},
                                    {"end", time(wave.end)},
                                    {"decision", printable(wave.decision)}});
  }
  json::Array pauses;
  for (const simulate::Pause& pause : timeline.pauses) {
    pauses.emplace_back(json::Object{
        {"start", to_rfc3339(pause.start)}, {"until", time(pause.until)}, {"reason", printable(pause.reason)}});
  }
  json::Array peaks;
  for (const simulate::Peak& peak : timeline.peaks) {
    peaks.emplace_back(json::Object{{"name", printable(peak.name)}, {"limit", peak.limit}, {"most", peak.most}});
  }
  Lanes lanes(timeline, plan, numbers);
  json::Array made = lanes.make();
  return {{"source", source},
          {"start", to_rfc3339(timeline.start)},
          {"end", to_rfc3339(timeline.end)},
          {"kinds", kinds()},
          {"waves", std::move(waves)},
          {"pauses", std::move(pauses)},
          {"limits", std::move(peaks)},
          {"texts", lanes.texts()},
          {"lanes", std::move(made)}};
}

}  // namespace

void append_times(json::Object& data, const FleetReport& report) {
  const HostNumbers numbers = numbers_of(report.plan);
  if (report.plan.rollout) data.append("rollout", rollout(*report.plan.rollout, numbers));
  if (report.timeline != nullptr) {
    const std::string_view source = report.run != nullptr ? "recorded" : "simulated";
    data.append("timeline", timeline_data(*report.timeline, source, report.plan, numbers));
  } else if (report.run == nullptr && !report.plan.actions.empty()) {
    const Timeline timeline = estimated_timeline(report.plan, report.at);
    data.append("timeline", timeline_data(timeline, "estimated", report.plan, numbers));
  }
}

}  // namespace firmform::report

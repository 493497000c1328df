// SPDX-License-Identifier: Apache-2.0
// What /metrics answers: the watch's own metrics, then those of the fleet (engine/report/fleet_metrics.cc).
#include "engine/report/exposition.h"
#include "engine/watch/state.h"

namespace firmform::watch {
namespace {

using report::MetricFamily;
using report::MetricType;

double unix_seconds(UtcTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

template <class Count>
double number(Count count) {
  return static_cast<double>(count);
}

MetricFamily gauge(std::string name, std::string help, double value) {
  return {std::move(name), std::move(help), MetricType::gauge, {{{}, value}}};
}

MetricFamily time_gauge(std::string name, std::string help, const std::optional<UtcTime>& time) {
  MetricFamily family{std::move(name), std::move(help), MetricType::gauge, {}};
  if (time) family.samples.push_back({{}, unix_seconds(*time)});
  return family;
}

MetricFamily cycles(const State& state) {
  MetricFamily family{"firmform_watch_cycles_total", "Looks at the fleet by result.", MetricType::counter, {}};
  for (const CycleResult result : cycle_results()) {
    const auto found = state.cycles.find(result);
    const double count = found == state.cycles.end() ? 0 : number(found->second);
    family.samples.push_back({{{"result", std::string(to_string(result))}}, count});
  }
  return family;
}

MetricFamily durations(const State& state) {
  const std::vector<double> bounds(kCycleBounds.begin(), kCycleBounds.end());
  std::vector<double> counts;
  for (const std::uint64_t count : state.durations) counts.push_back(number(count));
  return {"firmform_watch_cycle_duration_seconds", "How long looks at the fleet took, with what was applied.",
          MetricType::histogram, report::histogram_samples({}, bounds, counts, state.seconds)};
}

MetricFamily outcomes(const State& state) {
  MetricFamily family{
      "firmform_watch_hosts_applied_total", "Hosts of the watch's runs by outcome.", MetricType::counter, {}};
  for (const auto& [result, count] : state.outcomes) family.samples.push_back({{{"result", result}}, number(count)});
  return family;
}

}  // namespace

std::string metrics_text(const State& state) {
  const std::size_t flaps = state.last ? state.last->flaps.size() : 0;
  std::vector<MetricFamily> families;
  families.push_back({"firmform_watch_info",
                      "Version of the program, and revision of the manifest at hand.",
                      MetricType::gauge,
                      {{{{"version", state.tool_version}, {"revision", state.revision}}, 1}}});
  families.push_back(time_gauge("firmform_watch_start_time_seconds", "When the watch began.", state.started));
  families.push_back(gauge("firmform_watch_ready", "1 when what is shown can be relied on.", not_ready(state) ? 0 : 1));
  families.push_back(gauge("firmform_watch_revision_current",
                           "1 when the manifest at hand is the newest one, as far as is known.",
                           state.revision_problem.empty() ? 1 : 0));
  families.push_back(cycles(state));
  families.push_back(durations(state));
  families.push_back(time_gauge("firmform_watch_last_success_timestamp_seconds",
                                "When a look at the fleet last came to its end.", state.last_success));
  families.push_back(
      time_gauge("firmform_watch_next_cycle_timestamp_seconds", "When the fleet is looked at next.", state.next));
  families.push_back(
      gauge("firmform_watch_applying", "1 while a run is at work.", state.phase == Phase::applying ? 1 : 0));
  families.push_back(
      gauge("firmform_watch_flapping_components", "Components that the flap guard leaves alone.", number(flaps)));
  families.push_back(outcomes(state));
  return report::exposition(families) + state.fleet_metrics;
}

}  // namespace firmform::watch

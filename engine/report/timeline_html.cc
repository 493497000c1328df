// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/timeline_markup.h"
#include "engine/report/timeline_report.h"

namespace firmform::report {
namespace {

using simulate::Lane;
using simulate::Timeline;

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Simulated firmware run</title>
<style>
body { font: 14px/1.45 system-ui, "DejaVu Sans", Arial, sans-serif; color: #1b1b1f; margin: 24px auto; max-width: 1280px; padding: 0 16px; }
h1 { font-size: 20px; } h2 { font-size: 16px; margin-top: 28px; }
table { border-collapse: collapse; } th, td { text-align: left; padding: 4px 14px 4px 0; vertical-align: top; }
th { font-weight: 600; border-bottom: 1px solid #c8c8d0; } td { border-bottom: 1px solid #eeeef2; }
.picture { overflow-x: auto; border: 1px solid #e2e2e8; } .good { color: #00674c; } .bad { color: #b3261e; }
</style>
</head>
<body>
)";

std::string row(std::initializer_list<std::string> cells) {
  std::string text = "<tr>";
  for (const std::string& cell : cells) text += fmt::format("<td>{}</td>", cell);
  return text + "</tr>\n";
}

std::string time(const std::optional<UtcTime>& at) {
  return at ? to_rfc3339(*at) : std::string();
}

std::string result(const Lane& lane) {
  const bool good = lane.result == apply::HostResult::done || lane.result == apply::HostResult::scheduled;
  return fmt::format("<span class=\"{}\">{}</span>", good ? "good" : "bad", to_string(lane.result));
}

std::string summary(const Timeline& timeline) {
  std::string text = "<table>\n";
  text += row({"Plan", escaped(timeline.plan_id)});
  text += row({"From", to_rfc3339(timeline.start)}) + row({"To", to_rfc3339(timeline.end)});
  text += row({"Elapsed", to_text(timeline.elapsed())});
  text += row({"Hosts", fmt::format("{} in the plan, {} with actions", timeline.hosts, timeline.lanes.size())});
  text += row({"Done", std::to_string(timeline.count(apply::HostResult::done))});
  text += row({"Flashes", std::to_string(timeline.flashes())});
  text += row({"Host restarts", std::to_string(timeline.host_restarts())});
  text += row({"BMC restarts", std::to_string(timeline.bmc_restarts())});
  text += row({"Seed", std::to_string(timeline.seed)}) + row({"Faults", escaped(timeline.faults)});
  for (const auto& [kind, count] : timeline.faults_met) {
    text += row({fmt::format("Faults of kind {}", kind), std::to_string(count)});
  }
  return text + "</table>\n";
}

std::string limits(const Timeline& timeline) {
  if (timeline.peaks.empty()) return {};
  std::string text = "<h2>Limits</h2>\n<table>\n<tr><th>Limit</th><th>Allowed</th><th>Most at once</th></tr>\n";
  for (const simulate::Peak& peak : timeline.peaks) {
    text += row({escaped(peak.name), peak.limit > 0 ? std::to_string(peak.limit) : "any", std::to_string(peak.most)});
  }
  return text + "</table>\n";
}

std::string waves(const Timeline& timeline) {
  if (timeline.waves.empty()) return {};
  std::string text =
      "<h2>Waves</h2>\n<table>\n<tr><th>Wave</th><th>Hosts</th><th>From</th><th>To</th><th>Decision</th></tr>\n";
  for (const simulate::WavePeriod& wave : timeline.waves) {
    text += row({escaped(wave.name), std::to_string(wave.hosts), to_rfc3339(wave.start), time(wave.end),
                 escaped(wave.decision)});
  }
  return text + "</table>\n";
}

std::string hosts(const Timeline& timeline) {
  std::string text =
      "<h2>Hosts</h2>\n<table>\n<tr><th>Host</th><th>Wave</th><th>Result</th><th>First write</th><th>End</th>"
      "<th>Restarts</th><th>Why</th></tr>\n";
  for (const Lane& lane : timeline.lanes) {
    const bool has_wave = lane.wave && *lane.wave < timeline.waves.size();
    text += row({escaped(lane.host), has_wave ? escaped(timeline.waves[*lane.wave].name) : std::string(), result(lane),
                 time(lane.started), time(lane.finished),
                 fmt::format("{} host, {} BMC", lane.host_restarts, lane.bmc_restarts), escaped(lane.error)});
  }
  return text + "</table>\n";
}

std::string violations(const Timeline& timeline) {
  if (timeline.violations.empty()) return {};
  std::string text = "<h2 class=\"bad\">Broken promises</h2>\n<table>\n";
  for (const simulate::Violation& violation : timeline.violations) {
    text += row({to_rfc3339(violation.at), escaped(violation.host), escaped(violation.text)});
  }
  return text + "</table>\n";
}

}  // namespace

std::string timeline_html(const Timeline& timeline) {
  return fmt::format(
      "{}<h1>Simulated firmware run</h1>\n<p>Nothing was sent to any host: this is what is expected to happen, on "
      "modelled BMCs.</p>\n{}<div class=\"picture\">\n{}</div>\n{}{}{}{}</body>\n</html>\n",
      kHead, violations(timeline), timeline_svg(timeline), summary(timeline), limits(timeline), waves(timeline),
      hosts(timeline));
}

}  // namespace firmform::report

// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "engine/report/timeline_report.h"
#include "tests/support/golden.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using simulate::Lane;
using simulate::Span;
using simulate::SpanKind;
using simulate::Timeline;

constexpr UtcTime kStart{std::chrono::seconds(1'795'233'600)};  // 2026-11-21T04:00:00Z

/// A flash of the BMC, one of the BIOS, and a restart; every seventh host fails when `some_fail`.
Lane lane_of(int number, UtcTime start, bool some_fail) {
  Lane lane{.host = fmt::format("web-{:03}", number), .model = "ProLiant DL360 Gen10 Plus", .started = start};
  UtcTime at = start;
  const auto add = [&](SpanKind kind, Duration duration, const std::string& text) {
    lane.spans.push_back({kind, static_cast<plan::ActionId>(lane.spans.size()), at, at + duration, text, false});
    at += duration;
  };
  add(SpanKind::upload, 1min, "push ilo5_311.bin");
  add(SpanKind::flash, 4min + number % 3 * 20s, "push ilo5_311.bin");
  lane.spans.push_back({SpanKind::restart_bmc, 1, at - 80s, at, "the BMC restarts", false});
  lane.bmc_restarts = 1;
  if (some_fail && number % 7 == 3) {
    lane.spans[1].failed = true;
    lane.result = apply::HostResult::failed;
    lane.error = "the image is invalid <\"FF0604\">";
    lane.spans.push_back({SpanKind::outage, 0, at - 30s, at + 90s, "the BMC does not answer", false});
  } else {
    add(SpanKind::upload, 1min, "push U46_2.36.bin");
    add(SpanKind::flash, 5min, "push U46_2.36.bin");
    add(SpanKind::restart_host, 7min, "restart the server");
    lane.host_restarts = 1;
    add(SpanKind::verify, 1min, "see that System ROM is U46 v2.36");
  }
  lane.finished = at;
  return lane;
}

/// Four hosts at a time.
Timeline timeline_of(int hosts, bool some_fail) {
  Timeline timeline{.plan_id = "0123456789abcdef", .seed = 3, .faults = some_fail ? "failed-flash=0.14" : "none"};
  timeline.start = timeline.end = kStart;
  for (int i = 0; i < hosts; ++i) {
    timeline.lanes.push_back(lane_of(i, kStart + i / 4 * 20min, some_fail));
    timeline.end = std::max(timeline.end, *timeline.lanes.back().finished);
  }
  timeline.peaks = {{"hosts in flight", 4, 4}};
  if (some_fail) timeline.faults_met["failed-flash"] = timeline.count(apply::HostResult::failed);
  timeline.hosts = static_cast<std::size_t>(hosts);
  return timeline;
}

/// The lanes in two waves, the second one in a window half a day later.
Timeline in_two_waves(Timeline timeline, std::size_t first) {
  constexpr Duration kLater = 11h;
  UtcTime between = timeline.start;
  for (std::size_t i = 0; i < timeline.lanes.size(); ++i) {
    simulate::Lane& lane = timeline.lanes[i];
    lane.wave = i < first ? 0 : 1;
    if (i < first) {
      between = std::max(between, lane.finished.value_or(timeline.start));
      continue;
    }
    lane.window = plan::HeldWindow{.name = "saturday-night",
                                   .start = kStart + kLater,
                                   .end = kStart + kLater + 3h,
                                   .latest_start = kStart + kLater + 2h};
    if (lane.started) *lane.started += kLater;
    if (lane.finished) *lane.finished += kLater;
    for (simulate::Span& span : lane.spans) {
      span.start += kLater;
      span.end += kLater;
    }
  }
  timeline.end += kLater;
  timeline.waves = {{"canary", first, timeline.start, between, "canary: 0/2 failed = 0.0 %: go on"},
                    {"batch 1", timeline.lanes.size() - first, kStart + kLater, timeline.end, ""}};
  timeline.pauses = {{between, between + 15min, "soak"}};
  timeline.peaks.push_back({"rack a12", 2, 2});
  return timeline;
}

void compare(const std::string& actual, const std::string& name) {
  CHECK(actual == golden("golden/simulate/" + name, actual));
}

}  // namespace

TEST_CASE("Few hosts are shown one by one, on a terminal and in ASCII") {
  const Timeline timeline = in_two_waves(timeline_of(8, false), 2);
  compare(report::timeline_text(timeline, {.width = 110}), "few.txt");
  compare(report::timeline_text(timeline, {.width = 80, .unicode = false}), "few_ascii.txt");
  compare(report::timeline_svg(timeline), "few.svg");
}

TEST_CASE("Failures are told with their reasons") {
  const Timeline timeline = timeline_of(12, true);
  compare(report::timeline_text(timeline, {.width = 120}), "faults.txt");
  compare(report::timeline_html(timeline), "faults.html");
}

TEST_CASE("Many hosts are shown in groups and in numbers") {
  const Timeline timeline = in_two_waves(timeline_of(90, true), 10);
  compare(report::timeline_text(timeline, {.width = 110}), "many.txt");
  compare(report::timeline_svg(timeline), "many.svg");
}

TEST_CASE("A timeline as JSON has stable names") {
  compare(json::dump_pretty(report::timeline_json(in_two_waves(timeline_of(2, false), 1))), "two.json");
}

TEST_CASE("A plan without work makes a timeline that says so") {
  const Timeline timeline = timeline_of(0, false);
  CHECK(report::timeline_text(timeline, {}).find("Nothing is to be done.") != std::string::npos);
  CHECK(report::timeline_svg(timeline).starts_with("<svg"));
}

}  // namespace firmform::tests

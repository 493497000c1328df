// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/timeline_axis.h"
#include "engine/report/timeline_markup.h"
#include "engine/report/timeline_report.h"

namespace firmform::report {
namespace {

using simulate::Lane;
using simulate::Span;
using simulate::SpanKind;
using simulate::Timeline;

constexpr std::size_t kMostLanes = 60;
constexpr double kWidth = 1240;
constexpr double kLeft = 190;   // labels
constexpr double kRight = 110;  // results
constexpr double kChart = kWidth - kLeft - kRight;
constexpr double kLane = 20;
constexpr double kBar = 12;
constexpr double kTitle = 24;   // of a wave
constexpr double kCrowd = 110;  // height of a wave that is shown in numbers
constexpr double kTop = 84;
constexpr double kCut = 26;
constexpr double kTickDistance = 64;
constexpr std::string_view kPauseColor = "#efeaf7";
constexpr std::string_view kWindowColor = "#fff3c4";

struct Paint {
  SpanKind kind;
  std::string_view color;
  std::string_view meaning;
};

/// Okabe and Ito's colours, which people with any colour vision can tell apart.
constexpr std::array<Paint, simulate::kSpanKinds> kPaints = {{
    {SpanKind::upload, "#56b4e9", "upload"},
    {SpanKind::flash, "#0072b2", "flash"},
    {SpanKind::resource, "#cc79a7", "repository or queue"},
    {SpanKind::restart_host, "#d55e00", "host restarts"},
    {SpanKind::restart_bmc, "#e69f00", "BMC restarts"},
    {SpanKind::verify, "#009e73", "verify"},
    {SpanKind::hold, "#999999", "hold"},
    {SpanKind::outage, "#222222", "BMC does not answer"},
}};

const Paint& paint_of(SpanKind kind) {
  return *std::ranges::find(kPaints, kind, &Paint::kind);
}

std::string_view color_of(apply::HostResult result) {
  switch (result) {
    case apply::HostResult::done:
    case apply::HostResult::scheduled:
      return "#00674c";
    case apply::HostResult::deferred:
    case apply::HostResult::held:
    case apply::HostResult::skipped:
    case apply::HostResult::detached:
      return "#8a5a00";
    case apply::HostResult::failed:
    case apply::HostResult::unreachable:
    case apply::HostResult::moved:
    case apply::HostResult::unknown:
      return "#b3261e";
  }
  return "#b3261e";
}

std::string results_of(const std::vector<const Lane*>& lanes) {
  std::map<std::string_view, std::size_t> counts;
  for (const Lane* lane : lanes) ++counts[to_string(lane->result)];
  std::string text;
  for (const auto& [result, count] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, result);
  return text;
}

class Picture {
 public:
  explicit Picture(const Timeline& timeline)
      : timeline_(timeline), axis_(timeline, kChart, kCut), in_numbers_(timeline.lanes.size() > kMostLanes) {
    for (const Lane& lane : timeline.lanes) sections_[lane.wave].push_back(&lane);
  }

  std::string draw() {
    for (const auto& [wave, lanes] : sections_) draw_section(wave, lanes);
    const double bottom = y_ + 6;
    std::string grid = draw_grid(bottom);
    y_ = bottom + (axis_.cuts().empty() ? 14 : 24);
    draw_legend();
    return fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:g} {1:g}" width="{0:g}" height="{1:g}" )"
        R"(font-family="system-ui, 'DejaVu Sans', Arial, sans-serif" font-size="12" fill="#1b1b1f">)"
        "\n"
        R"(<rect width="{0:g}" height="{1:g}" fill="#ffffff"/>)"
        "\n{2}{3}{4}</svg>\n",
        kWidth, y_ + 12, draw_head(), grid, body_);
  }

 private:
  [[nodiscard]] double x(UtcTime time) const { return kLeft + axis_.place(time); }

  void text(double x, double y, std::string_view content, std::string_view more = {}) {
    body_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\"{}{}>{}</text>\n", x, y, more.empty() ? "" : " ", more,
                         escaped(content));
  }

  void box(double left, double top, double right, double height, std::string_view fill, std::string_view more = {},
           std::string_view title = {}) {
    body_ += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"{}{}", left,
                         top, std::max(0.8, right - left), height, fill, more.empty() ? "" : " ", more);
    body_ += title.empty() ? std::string("/>\n") : fmt::format("><title>{}</title></rect>\n", escaped(title));
  }

  std::string draw_head() const {
    const std::string line = fmt::format(
        "{} to {} ({}), {} with actions: {}; {}, {}", to_rfc3339(timeline_.start), to_rfc3339(timeline_.end),
        to_text(timeline_.elapsed()), counted(timeline_.lanes.size(), "host"), results_of(all()),
        counted(timeline_.host_restarts(), "host restart"), counted(timeline_.bmc_restarts(), "BMC restart"));
    const std::string how = fmt::format("seed {}, faults: {}", timeline_.seed, timeline_.faults);
    return fmt::format(
        "<text x=\"12\" y=\"24\" font-size=\"17\" font-weight=\"600\">Simulated run of plan {}"
        "<tspan font-size=\"12\" font-weight=\"400\" fill=\"#55555f\" dx=\"12\">{}</tspan></text>\n"
        "<text x=\"12\" y=\"43\" fill=\"#55555f\">{}</text>\n",
        escaped(timeline_.plan_id.substr(0, 12)), escaped(how), escaped(line));
  }

  [[nodiscard]] std::vector<const Lane*> all() const {
    std::vector<const Lane*> lanes;
    for (const Lane& lane : timeline_.lanes) lanes.push_back(&lane);
    return lanes;
  }

  std::string draw_grid(double bottom) const {
    std::string grid;
    double free_from = 0;
    for (const TimeAxis::Tick& tick : axis_.ticks(kTickDistance)) {
      const double at = kLeft + tick.place;
      grid += fmt::format("<line x1=\"{0:.1f}\" y1=\"{1:g}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\" stroke=\"#e2e2e8\"/>\n", at,
                          kTop - 6, bottom);
      grid += fmt::format(
          "<text x=\"{:.1f}\" y=\"{:g}\" text-anchor=\"middle\" fill=\"#55555f\" font-size=\"11\">{}</text>\n", at,
          kTop - 11, tick.label);
      if (tick.day.empty() || at < free_from) continue;
      grid += fmt::format(
          "<text x=\"{:.1f}\" y=\"{:g}\" text-anchor=\"middle\" font-size=\"11\" font-weight=\"600\">{}</text>\n", at,
          kTop - 25, tick.day);
      free_from = at + 2 * kTickDistance;
    }
    for (const TimeAxis::Cut& cut : axis_.cuts()) {
      grid += fmt::format(
          "<rect x=\"{:.1f}\" y=\"{:g}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"#e9e9ee\"><title>{} in which "
          "nothing happens</title></rect>\n<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"#77777f\" "
          "font-size=\"11\">+{}</text>\n",
          kLeft + cut.start + 2, kTop - 6, cut.end - cut.start - 4, bottom - kTop + 6, to_text(cut.length),
          kLeft + (cut.start + cut.end) / 2, bottom + 12, to_text(cut.length));
    }
    for (const simulate::Pause& pause : timeline_.pauses) grid += draw_pause(pause, bottom);
    return grid;
  }

  [[nodiscard]] std::string draw_pause(const simulate::Pause& pause, double bottom) const {
    const double left = x(pause.start);
    const double right = x(std::min(pause.until.value_or(pause.start), timeline_.end));
    if (right - left < 1) return {};
    return fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:g}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"><title>{}, until {}</title>"
        "</rect>\n",
        left, kTop - 6, right - left, bottom - kTop + 6, kPauseColor, escaped(pause.reason), to_rfc3339(*pause.until));
  }

  void draw_section(std::optional<std::size_t> wave, const std::vector<const Lane*>& lanes) {
    const bool is_wave = wave && *wave < timeline_.waves.size();
    if (is_wave) {
      const simulate::WavePeriod& period = timeline_.waves[*wave];
      const UtcTime end = period.end.value_or(timeline_.end);
      box(0, y_, kWidth, kTitle - 4, "#eef3f8");
      text(12, y_ + 14, fmt::format("{} ({})", period.name, counted(period.hosts, "host")), "font-weight=\"600\"");
      box(x(period.start), y_ + 16, x(end), 3, "#7a8ba0", {},
          fmt::format("{}: {} to {}. {}", period.name, to_rfc3339(period.start), to_rfc3339(end), period.decision));
      y_ += kTitle;
    }
    if (in_numbers_) return draw_crowd(lanes, is_wave);
    for (const Lane* lane : lanes) draw_lane(*lane);
  }

  void draw_lane(const Lane& lane) {
    const double top = y_ + (kLane - kBar) / 2;
    draw_window(lane, y_ + 1, kLane - 2);
    text(kLeft - 8, y_ + 14, lane.host, "text-anchor=\"end\"");
    if (lane.started) {
      box(x(*lane.started), y_ + kLane / 2 - 0.5, x(lane.finished.value_or(timeline_.end)), 1, "#9a9aa5");
    }
    // Restarts lie over the updates that they end.
    for (const bool over : {false, true}) {
      for (const Span& span : lane.spans) {
        const bool is_restart = span.kind == SpanKind::restart_bmc || span.kind == SpanKind::restart_host;
        if (is_restart == over) draw_span(lane, span, top);
      }
    }
    text(kLeft + kChart + 8, y_ + 14, to_string(lane.result),
         fmt::format("fill=\"{}\" font-size=\"11\"", color_of(lane.result)));
    if (!lane.error.empty()) {
      box(kLeft + kChart + 4, y_, kWidth, kLane, "#ffffff", "fill-opacity=\"0\"", printable(lane.error));
    }
    y_ += kLane;
  }

  void draw_window(const Lane& lane, double top, double height) {
    if (!lane.window || lane.window->end < timeline_.start || lane.window->start > timeline_.end) return;
    box(x(std::max(lane.window->start, timeline_.start)), top, x(std::min(lane.window->end, timeline_.end)), height,
        kWindowColor, {},
        fmt::format("window {}: {} to {}, latest start {}", lane.window->name, to_rfc3339(lane.window->start),
                    to_rfc3339(lane.window->end), to_rfc3339(lane.window->latest_start)));
  }

  void draw_span(const Lane& lane, const Span& span, double top) {
    const std::string title = fmt::format("{}: {}: {}\n{} to {} ({}){}", lane.host, paint_of(span.kind).meaning,
                                          span.text, to_rfc3339(span.start), to_rfc3339(span.end),
                                          to_text(span.end - span.start), span.failed ? "\nfailed" : "");
    const bool is_outage = span.kind == SpanKind::outage;
    box(x(span.start), is_outage ? top + kBar : top, x(std::min(span.end, timeline_.end)), is_outage ? 3 : kBar,
        paint_of(span.kind).color, span.failed ? "stroke=\"#b3261e\" stroke-width=\"2.5\"" : "rx=\"1.5\"", title);
  }

  /// How many hosts do what, over time.
  void draw_crowd(const std::vector<const Lane*>& lanes, bool is_wave) {
    constexpr std::size_t kBins = 300;
    constexpr double kBin = kChart / static_cast<double>(kBins);
    std::vector<std::array<double, simulate::kSpanKinds>> bins(kBins);
    for (const Lane* lane : lanes) {
      for (const Span& span : lane->spans) {
        if (span.kind == SpanKind::outage) continue;
        add(bins, span, span.kind, kBin, 1);
        // A restart that ends an update is drawn in its place.
        const bool is_restart = span.kind == SpanKind::restart_bmc || span.kind == SpanKind::restart_host;
        const auto is_its_update = [&](const Span& other) {
          return other.kind == SpanKind::flash && other.action == span.action;
        };
        if (is_restart && std::ranges::any_of(lane->spans, is_its_update)) add(bins, span, SpanKind::flash, kBin, -1);
      }
    }
    double most = 1;
    for (const auto& bin : bins) most = std::max(most, sum(bin));
    for (const Lane* lane : lanes) {
      if (lane->window) windows_[{lane->window->start, lane->window->end}] = lane;
    }
    for (const auto& [period, lane] : windows_) draw_window(*lane, y_, kCrowd);
    windows_.clear();
    const double floor = y_ + kCrowd;
    for (const Paint& paint : kPaints) draw_area(bins, paint, floor, (kCrowd - 14) / most, kBin);
    box(kLeft, floor, kLeft + kChart, 1, "#9a9aa5");
    text(kLeft - 8, floor - (kCrowd - 14) + 4, fmt::format("{:.0f} ", most), "text-anchor=\"end\" font-size=\"11\"");
    text(kLeft - 8, floor + 4, "0 ", "text-anchor=\"end\" font-size=\"11\"");
    if (!is_wave) text(12, y_ + 14, counted(lanes.size(), "host"), "font-weight=\"600\"");
    text(12, y_ + 32, fmt::format("hosts in work, at most {}", simulate::most_at_once(lanes)),
         "fill=\"#55555f\" font-size=\"11\"");
    draw_results(lanes);
    y_ += kCrowd + 10;
  }

  void add(std::vector<std::array<double, simulate::kSpanKinds>>& bins, const Span& span, SpanKind kind, double bin,
           double sign) const {
    const double from = axis_.place(span.start) / bin;
    const double to = axis_.place(span.end) / bin;
    for (auto i = static_cast<std::size_t>(std::max(0.0, from)); i < bins.size() && static_cast<double>(i) < to; ++i) {
      const double left = std::max(from, static_cast<double>(i));
      const double right = std::min(to, static_cast<double>(i + 1));
      bins[i][static_cast<std::size_t>(kind)] += sign * std::max(0.0, right - left);
    }
  }

  static double sum(const std::array<double, simulate::kSpanKinds>& bin) {
    double total = 0;
    for (const double share : bin) total += share;
    return total;
  }

  void draw_area(const std::vector<std::array<double, simulate::kSpanKinds>>& bins, const Paint& paint, double floor,
                 double scale, double bin) {
    for (std::size_t i = 0; i < bins.size(); ++i) {
      const double share = bins[i][static_cast<std::size_t>(paint.kind)];
      if (share * scale < 0.2) continue;
      double below = 0;
      for (const Paint& other : kPaints) {
        if (other.kind == paint.kind) break;
        below += bins[i][static_cast<std::size_t>(other.kind)];
      }
      const double left = kLeft + static_cast<double>(i) * bin;
      box(left, floor - (below + share) * scale, left + bin + 0.2, share * scale, paint.color);
    }
  }

  void draw_results(const std::vector<const Lane*>& lanes) {
    std::map<apply::HostResult, std::size_t> counts;
    for (const Lane* lane : lanes) ++counts[lane->result];
    double at = y_ + 14;
    for (const auto& [result, count] : counts) {
      text(kLeft + kChart + 8, at, fmt::format("{} {}", count, to_string(result)),
           fmt::format("fill=\"{}\" font-size=\"11\"", color_of(result)));
      at += 14;
    }
  }

  void draw_legend() {
    double at = kLeft;
    for (const Paint& paint : kPaints) {
      const auto has = [&](const Lane& lane) { return std::ranges::count(lane.spans, paint.kind, &Span::kind) > 0; };
      if (std::ranges::none_of(timeline_.lanes, has)) continue;
      box(at, y_, at + 14, 11, paint.color);
      text(at + 19, y_ + 10, paint.meaning, "font-size=\"11\"");
      at += 40 + 6.4 * static_cast<double>(paint.meaning.size());
    }
    if (!windows_of(timeline_).empty()) {
      box(at, y_, at + 14, 11, kWindowColor, "stroke=\"#d9c36a\"");
      text(at + 19, y_ + 10, "window is open", "font-size=\"11\"");
      at += 130;
    }
    if (!timeline_.pauses.empty()) {
      box(at, y_, at + 14, 11, kPauseColor, "stroke=\"#b9a8dc\"");
      text(at + 19, y_ + 10, "the run waits", "font-size=\"11\"");
    }
    text(12, y_ + 10, "times are UTC", "fill=\"#55555f\" font-size=\"11\"");
    y_ += 14;
  }

  const Timeline& timeline_;
  TimeAxis axis_;
  bool in_numbers_;
  std::map<std::optional<std::size_t>, std::vector<const Lane*>> sections_;
  std::map<std::pair<UtcTime, UtcTime>, const Lane*> windows_;
  std::string body_;
  double y_ = kTop;
};

}  // namespace

std::string timeline_svg(const Timeline& timeline) {
  return Picture(timeline).draw();
}

}  // namespace firmform::report

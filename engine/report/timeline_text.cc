// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/table.h"
#include "engine/report/timeline_axis.h"
#include "engine/report/timeline_report.h"

namespace firmform::report {
namespace {

using simulate::Lane;
using simulate::Span;
using simulate::SpanKind;
using simulate::Timeline;

constexpr std::size_t kMostLanes = 40;
constexpr std::size_t kWidestLabel = 28;
constexpr std::size_t kNarrowestBar = 24;
constexpr std::size_t kResultWidth = 12;

struct Mark {
  SpanKind kind;
  char letter;
  Ink ink;
  std::string_view meaning;
};

constexpr std::array<Mark, simulate::kSpanKinds> kMarks = {{
    {SpanKind::upload, 'u', Ink::dim, "upload"},
    {SpanKind::flash, 'F', Ink::green, "flash"},
    {SpanKind::resource, 'q', Ink::dim, "repository or queue"},
    {SpanKind::restart_bmc, 'B', Ink::yellow, "BMC restarts"},
    {SpanKind::restart_host, 'R', Ink::yellow, "host restarts"},
    {SpanKind::verify, 'v', Ink::plain, "verify"},
    {SpanKind::hold, 'h', Ink::dim, "hold"},
    {SpanKind::outage, 'x', Ink::red, "BMC does not answer"},
}};

const Mark& mark_of(SpanKind kind) {
  return *std::ranges::find(kMarks, kind, &Mark::kind);
}

/// Lanes that share a line.
struct Row {
  std::string label;
  std::vector<const Lane*> lanes;
};

std::string shape_of(const Lane& lane) {
  std::string shape =
      fmt::format("{}|{}|{}|", lane.model, to_string(lane.result), lane.window ? lane.window->name : "");
  for (const Span& span : lane.spans) shape += mark_of(span.kind).letter;
  return shape;
}

std::string cut_label(const std::string& label) {
  return utf8_length(label) <= kWidestLabel ? label : label.substr(0, kWidestLabel - 1) + "~";
}

std::vector<Row> rows_of(const std::vector<const Lane*>& lanes, bool grouped) {
  std::vector<Row> rows;
  std::map<std::string, std::size_t> known;
  for (const Lane* lane : lanes) {
    const auto [place, is_new] = known.try_emplace(grouped ? shape_of(*lane) : lane->host, rows.size());
    if (is_new) rows.push_back({lane->host, {}});
    rows[place->second].lanes.push_back(lane);
  }
  for (Row& row : rows) {
    if (row.lanes.size() > 1) row.label = fmt::format("{} like {}", row.lanes.size(), row.label);
    row.label = cut_label(row.label);
  }
  return rows;
}

/// What most hosts of the row do while a column's time passes; '.' between the actions of a host in work.
class Bar {
 public:
  Bar(const Timeline& timeline, const TimeAxis& axis, std::size_t width)
      : timeline_(timeline), axis_(axis), width_(width) {}

  [[nodiscard]] std::string draw(const Row& row, const Style& style) const {
    std::vector<std::array<double, simulate::kSpanKinds>> shares(width_);
    std::vector<bool> is_held(width_);
    std::vector<bool> in_work(width_);
    for (const Lane* lane : row.lanes) {
      for (const Span& span : lane->spans) add(shares, span);
      if (lane->started) fill(in_work, *lane->started, lane->finished.value_or(timeline_.end));
      if (lane->window) fill(is_held, lane->window->start, lane->window->end);
    }
    std::vector<bool> is_cut(width_);
    for (const TimeAxis::Cut& cut : axis_.cuts()) is_cut[static_cast<std::size_t>(cut.start)] = true;
    std::string text;
    for (std::size_t i = 0; i < width_; ++i) {
      const auto most = std::ranges::max_element(shares[i]);
      if (*most > 0) {
        const Mark& mark = mark_of(static_cast<SpanKind>(most - shares[i].begin()));
        text += paint(mark.ink, std::string(1, mark.letter), style.color);
      } else if (is_cut[i]) {
        text += paint(Ink::dim, style.unicode ? "┊" : ":", style.color);
      } else {
        text += in_work[i] ? "." : is_held[i] ? paint(Ink::dim, style.unicode ? "░" : "=", style.color) : " ";
      }
    }
    return text;
  }

 private:
  [[nodiscard]] std::size_t column(UtcTime time) const {
    return std::min(width_ - 1, static_cast<std::size_t>(std::max(0.0, axis_.place(time))));
  }

  void fill(std::vector<bool>& cells, UtcTime start, UtcTime end) const {
    if (end < timeline_.start || start > timeline_.end) return;
    for (std::size_t i = column(start); i <= column(end); ++i) cells[i] = true;
  }

  void add(std::vector<std::array<double, simulate::kSpanKinds>>& shares, const Span& span) const {
    const double from = axis_.place(span.start);
    const double to = axis_.place(span.end);
    for (std::size_t i = column(span.start); i <= column(span.end); ++i) {
      const double left = std::max(from, static_cast<double>(i));
      const double right = std::min(to, static_cast<double>(i + 1));
      // A restart lies over the flash that it ends.
      const bool covers = span.kind == SpanKind::restart_bmc || span.kind == SpanKind::restart_host;
      shares[i][static_cast<std::size_t>(span.kind)] += std::max(0.0, right - left) * (covers ? 2 : 1);
    }
  }

  const Timeline& timeline_;
  const TimeAxis& axis_;
  std::size_t width_;
};

std::string results_of(const Row& row) {
  std::map<std::string_view, std::size_t> counts;
  for (const Lane* lane : row.lanes) ++counts[to_string(lane->result)];
  if (row.lanes.size() == 1) return std::string(counts.begin()->first);
  std::vector<std::string> parts;
  for (const auto& [result, count] : counts) parts.push_back(fmt::format("{} {}", count, result));
  return fmt::format("{}", fmt::join(parts, ", "));
}

Ink ink_of(const Row& row) {
  const auto went_well = [](const Lane* lane) {
    return lane->result == apply::HostResult::done || lane->result == apply::HostResult::scheduled;
  };
  const auto was_not_begun = [&](const Lane* lane) { return went_well(lane) || !lane->started; };
  if (std::ranges::all_of(row.lanes, went_well)) return Ink::green;
  return std::ranges::all_of(row.lanes, was_not_begun) ? Ink::yellow : Ink::red;
}

void write_at(std::string& line, std::size_t column, std::string_view text) {
  if (line.size() < column + text.size()) line.resize(column + text.size(), ' ');
  line.replace(column, text.size(), text);
}

std::string axis_lines(const TimeAxis& axis, std::size_t label_width) {
  constexpr double kTickDistance = 8;
  std::string days;
  std::string hours;
  for (const TimeAxis::Tick& tick : axis.ticks(kTickDistance)) {
    const std::size_t column = label_width + static_cast<std::size_t>(tick.place);
    write_at(hours, column, tick.label);
    if (!tick.day.empty() && days.size() <= column) write_at(days, column, tick.day);
  }
  return days + "\n" + hours + "\n";
}

std::string legend(const Timeline& timeline, const Style& style) {
  std::vector<std::string> parts;
  for (const Mark& mark : kMarks) {
    const auto has = [&](const Lane& lane) { return std::ranges::count(lane.spans, mark.kind, &Span::kind) > 0; };
    if (std::ranges::any_of(timeline.lanes, has)) {
      parts.push_back(fmt::format("{} {}", paint(mark.ink, std::string(1, mark.letter), style.color), mark.meaning));
    }
  }
  if (!windows_of(timeline).empty()) parts.push_back(fmt::format("{} window is open", style.unicode ? "░" : "="));
  return fmt::format("{}\n", fmt::join(parts, "   "));
}

std::string wave_title(const simulate::WavePeriod& wave) {
  std::string title = fmt::format("{}: {}, from {}", wave.name, counted(wave.hosts, "host"), to_rfc3339(wave.start));
  if (wave.end) title += fmt::format(" to {}", to_rfc3339(*wave.end));
  return title;
}

std::string gantt(const Timeline& timeline, const Style& style) {
  const bool grouped = timeline.lanes.size() > kMostLanes;
  std::map<std::optional<std::size_t>, std::vector<const Lane*>> by_wave;
  for (const Lane& lane : timeline.lanes) by_wave[lane.wave].push_back(&lane);
  std::vector<std::pair<std::optional<std::size_t>, std::vector<Row>>> sections;
  std::size_t label_width = 0;
  for (const auto& [wave, lanes] : by_wave) {
    sections.emplace_back(wave, rows_of(lanes, grouped));
    for (const Row& row : sections.back().second) label_width = std::max(label_width, utf8_length(row.label));
  }
  label_width += 4;
  const auto wide = static_cast<std::size_t>(std::max(style.width, 0));
  const std::size_t width = std::max(kNarrowestBar, wide - std::min(wide, label_width + kResultWidth));
  const TimeAxis axis(timeline, static_cast<double>(width), 1);
  const Bar bar(timeline, axis, width);

  std::string text = axis_lines(axis, label_width);
  for (const auto& [wave, rows] : sections) {
    if (wave && *wave < timeline.waves.size()) text += wave_title(timeline.waves[*wave]) + "\n";
    for (const Row& row : rows) {
      text += fmt::format("  {}{}{} {}\n", row.label, std::string(label_width - 2 - utf8_length(row.label), ' '),
                          bar.draw(row, style), paint(ink_of(row), results_of(row), style.color));
    }
  }
  for (const TimeAxis::Cut& cut : axis.cuts()) {
    text += fmt::format("Left out at column {}: {} in which nothing happens.\n",
                        label_width + static_cast<std::size_t>(cut.start) + 1, to_text(cut.length));
  }
  return text + legend(timeline, style);
}

std::string summary(const Timeline& timeline) {
  std::map<std::string_view, std::size_t> results;
  for (const Lane& lane : timeline.lanes) ++results[to_string(lane.result)];
  std::vector<std::string> parts;
  for (const auto& [result, count] : results) parts.push_back(fmt::format("{} {}", count, result));
  std::string text = fmt::format(
      "Elapsed {}: {} of {} with actions ({}), {}, {}, {}.\n", to_text(timeline.elapsed()), timeline.lanes.size(),
      counted(timeline.hosts, "host"), fmt::join(parts, ", "), counted(timeline.flashes(), "flash", "flashes"),
      counted(timeline.host_restarts(), "host restart"), counted(timeline.bmc_restarts(), "BMC restart"));
  std::vector<std::string> limits;
  for (const simulate::Peak& peak : timeline.peaks) {
    limits.push_back(peak.limit > 0 ? fmt::format("{} {} of {}", peak.name, peak.most, peak.limit)
                                    : fmt::format("{} {}", peak.name, peak.most));
  }
  if (!limits.empty()) text += fmt::format("At most at the same time: {}.\n", fmt::join(limits, ", "));
  if (!timeline.faults_met.empty()) {
    std::vector<std::string> faults;
    for (const auto& [kind, count] : timeline.faults_met) faults.push_back(fmt::format("{} {}", count, kind));
    text += fmt::format("Faults that struck: {}.\n", fmt::join(faults, ", "));
  }
  return text;
}

std::string decisions(const Timeline& timeline) {
  std::string text;
  for (const simulate::WavePeriod& wave : timeline.waves) {
    if (!wave.decision.empty()) text += wave.decision + "\n";
  }
  for (const simulate::Pause& pause : timeline.pauses) {
    text += fmt::format("Waits at {}: {}{}\n", to_rfc3339(pause.start), pause.reason,
                        pause.until ? fmt::format(", until {}", to_rfc3339(*pause.until)) : "");
  }
  return text;
}

std::string failures(const Timeline& timeline) {
  constexpr std::size_t kMost = 20;
  std::string text;
  std::size_t count = 0;
  for (const Lane& lane : timeline.lanes) {
    if (lane.error.empty() || ++count > kMost) continue;
    text += fmt::format("  {}: {}: {}\n", lane.host, to_string(lane.result), printable(lane.error));
  }
  if (count > kMost) text += fmt::format("  and {} more\n", count - kMost);
  for (const simulate::Violation& violation : timeline.violations) {
    text += fmt::format("  BROKEN PROMISE at {}: {}: {}\n", to_rfc3339(violation.at), violation.host, violation.text);
  }
  return text;
}

}  // namespace

std::string timeline_text(const Timeline& timeline, const Style& style) {
  std::string text = fmt::format("Simulated from {} to {}, with seed {} and faults: {}.\n\n",
                                 to_rfc3339(timeline.start), to_rfc3339(timeline.end), timeline.seed, timeline.faults);
  if (timeline.lanes.empty()) return text + "Nothing is to be done.\n";
  text += gantt(timeline, style) + "\n" + decisions(timeline) + failures(timeline) + summary(timeline);
  return text;
}

}  // namespace firmform::report

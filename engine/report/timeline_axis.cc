// SPDX-License-Identifier: Apache-2.0
#include "engine/report/timeline_axis.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace firmform::report {
namespace {

using namespace std::chrono_literals;
using simulate::Lane;
using simulate::Span;
using simulate::Timeline;
using Period = std::pair<UtcTime, UtcTime>;

constexpr Duration kShortestCut = 2h;
constexpr Duration kMargin = 5min;  // of quiet that is left around work

std::vector<Period> merged(std::vector<Period> periods) {
  std::ranges::sort(periods);
  std::vector<Period> all;
  for (const Period& period : periods) {
    if (!all.empty() && period.first - all.back().second < kShortestCut) {
      all.back().second = std::max(all.back().second, period.second);
    } else {
      all.push_back(period);
    }
  }
  return all;
}

/// When something happens; the start is always shown, and the end.
std::vector<Period> lively(const Timeline& timeline) {
  std::vector<Period> periods{{timeline.start, timeline.start}, {timeline.end, timeline.end}};
  for (const Lane& lane : timeline.lanes) {
    if (lane.started) periods.emplace_back(*lane.started, lane.finished.value_or(timeline.end));
    for (const Span& span : lane.spans) {
      if (span.kind != simulate::SpanKind::outage) periods.emplace_back(span.start, span.end);
    }
  }
  periods = merged(std::move(periods));
  for (Period& period : periods) {
    if (period.first > timeline.start) period.first -= kMargin;
    if (period.second < timeline.end) period.second += kMargin;
  }
  return periods;
}

std::string clock_text(UtcTime time) {
  return fmt::format("{:%H:%M}", std::chrono::floor<std::chrono::seconds>(time));
}

std::string day_text(UtcTime time) {
  return fmt::format("{:%a %Y-%m-%d}", std::chrono::floor<std::chrono::seconds>(time));
}

constexpr std::array<Duration, 14> kSteps = {1min, 2min, 5min, 10min, 15min,   30min,   1h,
                                             2h,   3h,   6h,   12h,   24h * 1, 24h * 7, 24h * 28};

}  // namespace

TimeAxis::TimeAxis(const Timeline& timeline, double width, double cut_width) {
  const std::vector<Period> periods = lively(timeline);
  Duration shown{0};
  for (const Period& period : periods) shown += period.second - period.first;
  const double cuts = cut_width * static_cast<double>(periods.size() - 1);
  const double scale = (width - cuts) / static_cast<double>(std::max<Duration>(shown, 1min).count());
  double at = 0;
  for (const Period& period : periods) {
    if (!pieces_.empty()) {
      cuts_.push_back({at, at + cut_width, period.first - pieces_.back().end});
      at += cut_width;
    }
    const double to = at + scale * static_cast<double>((period.second - period.first).count());
    pieces_.push_back({period.first, period.second, at, to});
    at = to;
  }
}

double TimeAxis::place(UtcTime time) const {
  double last = 0;
  for (const Piece& piece : pieces_) {
    if (time < piece.start) return (last + piece.from) / 2;
    if (time <= piece.end) {
      const auto whole = static_cast<double>(std::max<Duration::rep>(1, (piece.end - piece.start).count()));
      return piece.from + (piece.to - piece.from) * static_cast<double>((time - piece.start).count()) / whole;
    }
    last = piece.to;
  }
  return last;
}

std::vector<TimeAxis::Tick> TimeAxis::ticks(double least_distance) const {
  std::vector<Tick> ticks;
  std::string day;
  for (const Piece& piece : pieces_) {
    const double width = piece.to - piece.from;
    const auto* step = std::ranges::find_if(kSteps, [&](Duration candidate) {
      const double count = std::chrono::duration<double>(piece.end - piece.start) / candidate;
      return count < 1 || width / count >= least_distance;
    });
    if (step == kSteps.end()) --step;
    auto number = piece.start.time_since_epoch() / *step;
    if (UtcTime(number * *step) < piece.start) ++number;
    for (UtcTime time(number * *step); time <= piece.end; time += *step) {
      const double at = place(time);
      if (!ticks.empty() && at - ticks.back().place < least_distance) continue;
      const std::string today = day_text(time);
      ticks.push_back({at, time, clock_text(time), today == day ? std::string() : today});
      day = today;
    }
  }
  return ticks;
}

}  // namespace firmform::report

// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/opening.h"

#include <algorithm>

#include "engine/manifest/cron.h"
#include "engine/schedule/window_times.h"

namespace firmform::schedule {
namespace {

/// One look at one piece of time costs microseconds; what needs more of them than this is taken for never.
constexpr int kMostLooks = 50'000;

/// Freeze periods, asked for times that only grow.
class Freezes {
 public:
  static Result<Freezes> of(std::span<const manifest::FreezePeriod* const> periods) {
    Freezes freezes;
    for (const manifest::FreezePeriod* period : periods) {
      auto times = WindowTimes::of(period->when);
      if (!times) return fail(std::move(times.error()));
      freezes.each_.push_back({period, *std::move(times), {}});
    }
    return freezes;
  }

  /// The one that is on then; of several, the one that ends last.
  std::optional<Frozen> at(UtcTime time) {
    std::optional<Frozen> found;
    for (Each& each : each_) {
      const auto& next = look(each, time);
      if (!next || next->start > time || (found && found->end >= next->end)) continue;
      found = Frozen{each.period, next->end};
    }
    return found;
  }

  /// When the next one begins after `time`, at which none is on.
  UtcTime next_start(UtcTime time) {
    UtcTime earliest = UtcTime::max();
    for (Each& each : each_) {
      if (const auto& next = look(each, time)) earliest = std::min(earliest, next->start);
    }
    return earliest;
  }

 private:
  struct Each {
    const manifest::FreezePeriod* period;
    WindowTimes times;
    std::optional<std::optional<Occurrence>> next;  ///< none: not looked for; empty: never again
  };

  /// The first occurrence that ends after `time`.
  static const std::optional<Occurrence>& look(Each& each, UtcTime time) {
    const bool known = each.next && (!*each.next || (*each.next)->end > time);
    if (!known) each.next = each.times.next(time, Duration(1));
    return *each.next;
  }

  std::vector<Each> each_;
};

class Search {
 public:
  Search(std::optional<WindowTimes> window, Freezes freezes, UtcTime now, Duration least)
      : window_(std::move(window)),
        freezes_(std::move(freezes)),
        now_(now),
        least_(std::max(least, Duration(1))),
        horizon_(now + manifest::kScheduleHorizon) {}

  std::optional<Occurrence> run() {
    if (!window_) return within({now_, UtcTime::max()});
    UtcTime from = now_;
    while (const auto occurrence = window_->next(from, least_)) {
      if (const auto found = within(*occurrence)) return found;
      if (looks_ >= kMostLooks || reached_ > horizon_) break;
      from = std::max(occurrence->end, reached_);
    }
    return std::nullopt;
  }

 private:
  /// The first piece of it that is free and long enough.
  std::optional<Occurrence> within(const Occurrence& whole) {
    reached_ = whole.start;
    while (reached_ < whole.end && reached_ <= horizon_ && looks_++ < kMostLooks) {
      if (const auto frozen = freezes_.at(reached_)) {
        reached_ = frozen->end;
        continue;
      }
      const Occurrence piece{reached_, std::min(whole.end, freezes_.next_start(reached_))};
      if (piece.end - std::max(piece.start, now_) >= least_) return piece;
      reached_ = piece.end;
    }
    return std::nullopt;
  }

  std::optional<WindowTimes> window_;
  Freezes freezes_;
  UtcTime now_;
  Duration least_;
  UtcTime horizon_;
  UtcTime reached_{};  ///< up to where it was looked at
  int looks_ = 0;
};

}  // namespace

Result<std::optional<Occurrence>> next_opening(const manifest::Window* window,
                                               std::span<const manifest::FreezePeriod* const> freezes, UtcTime now,
                                               Duration least) {
  auto frozen = Freezes::of(freezes);
  if (!frozen) return fail(std::move(frozen.error()));
  std::optional<WindowTimes> times;
  if (window != nullptr) {
    auto made = WindowTimes::of(*window);
    if (!made) return fail(std::move(made.error()));
    times = *std::move(made);
  }
  return Search(std::move(times), *std::move(frozen), now, least).run();
}

Result<std::optional<Frozen>> frozen_at(std::span<const manifest::FreezePeriod* const> freezes, UtcTime time) {
  auto frozen = Freezes::of(freezes);
  if (!frozen) return fail(std::move(frozen.error()));
  return frozen->at(time);
}

std::vector<const manifest::FreezePeriod*> periods_of(const std::vector<manifest::FreezeChoice>& freezes) {
  std::vector<const manifest::FreezePeriod*> periods;
  for (const manifest::FreezeChoice& freeze : freezes) periods.push_back(freeze.period.get());
  return periods;
}

}  // namespace firmform::schedule

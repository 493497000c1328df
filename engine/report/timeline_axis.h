// SPDX-License-Identifier: Apache-2.0
// TimeAxis: from times to places. Long stretches in which nothing happens are cut short, so that windows that lie days
// apart fit on one page. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/simulate/timeline.h"

namespace firmform::report {

class TimeAxis {
 public:
  /// From 0 to `width`; each cut takes `cut_width` of it.
  TimeAxis(const simulate::Timeline& timeline, double width, double cut_width);

  [[nodiscard]] double place(UtcTime time) const;

  struct Tick {
    double place = 0;
    UtcTime time{};
    std::string label;  ///< "22:30", in UTC
    std::string day;    ///< "Sat 2026-11-21", where a new day begins; else empty
  };
  /// At round times, at least `least_distance` apart.
  [[nodiscard]] std::vector<Tick> ticks(double least_distance) const;

  struct Cut {
    double start = 0;
    double end = 0;
    Duration length{0};
  };
  [[nodiscard]] const std::vector<Cut>& cuts() const { return cuts_; }

 private:
  struct Piece {
    UtcTime start{};
    UtcTime end{};
    double from = 0;
    double to = 0;
  };
  std::vector<Piece> pieces_;
  std::vector<Cut> cuts_;
};

}  // namespace firmform::report

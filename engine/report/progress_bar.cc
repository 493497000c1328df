// SPDX-License-Identifier: Apache-2.0
#include "engine/report/progress_bar.h"

#include <algorithm>
#include <cmath>

namespace firmform::report {

std::string progress_bar(double fraction, std::size_t columns, bool unicode) {
  const double part = std::clamp(std::isnan(fraction) ? 0.0 : fraction, 0.0, 1.0);
  auto filled = static_cast<std::size_t>(std::lround(part * static_cast<double>(columns)));
  if (part > 0) filled = std::max<std::size_t>(filled, std::min<std::size_t>(columns, 1));
  if (part < 1 && filled == columns && columns > 0) --filled;
  std::string bar;
  for (std::size_t i = 0; i < columns; ++i) {
    if (unicode) {
      bar += i < filled ? "█" : "░";
    } else {
      bar += i < filled ? "#" : ".";
    }
  }
  return bar;
}

}  // namespace firmform::report

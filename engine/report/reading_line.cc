// SPDX-License-Identifier: Apache-2.0
#include "engine/report/reading_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/progress_bar.h"
#include "engine/report/screen_line.h"

namespace firmform::report {

std::string reading_line(const ReadingProgress& progress, std::string_view last, const Style& style) {
  constexpr std::size_t kWidestBar = 20;
  const auto width = static_cast<std::size_t>(std::max(style.width - 1, 1));
  const std::size_t hosts = std::max<std::size_t>(progress.hosts, 1);
  const double fraction = static_cast<double>(progress.done) / static_cast<double>(hosts);
  ScreenLine line(width, style.color, style.unicode);
  line.add("Reading  ");
  line.add(progress_bar(fraction, std::min(width / 4, kWidestBar), style.unicode), Ink::green);
  line.add(fmt::format("  {}/{}", progress.done, counted(progress.hosts, "host")));
  if (progress.failed > 0) {
    line.add(", ");
    line.add(fmt::format("{} not readable", progress.failed), Ink::red);
  }
  line.add(fmt::format(", last {}", printable(last)), Ink::dim);
  return line.text();
}

}  // namespace firmform::report

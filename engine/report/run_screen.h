// SPDX-License-Identifier: Apache-2.0
// The live part of a run's display as lines of text. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/report/run_progress.h"
#include "engine/report/run_views.h"

namespace firmform::report {

/// What is read before any host is changed.
struct Checks {
  std::size_t done = 0;
  std::size_t hosts = 0;
};

struct ScreenState {
  SteadyTime now;
  UtcTime utc_now;
  std::optional<Checks> checks;  ///< while they go on
  std::optional<Duration> left;  ///< RunProgress::left, which is too dear for every frame
};

/// Each narrower than the terminal and all together lower than it; the hosts that most deserve a look, then the fleet.
[[nodiscard]] std::vector<std::string> screen_lines(const RunProgress& progress, const ScreenState& state,
                                                    const LiveOptions& options);

}  // namespace firmform::report

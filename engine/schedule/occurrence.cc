// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/occurrence.h"

#include "engine/schedule/window_times.h"

namespace firmform::schedule {

Result<std::optional<Occurrence>> next_occurrence(const manifest::Window& window, UtcTime now, Duration least) {
  const auto times = WindowTimes::of(window);
  if (!times) return fail(times.error());
  return times->next(now, least);
}

}  // namespace firmform::schedule

// SPDX-License-Identifier: Apache-2.0
// From a window of the manifest to the next time that it is open. Pure; knows time zones, not the clock.
#pragma once

#include <optional>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/manifest/manifest.h"

namespace firmform::schedule {

/// Half open: [start, end).
struct Occurrence {
  UtcTime start{};
  UtcTime end{};
  bool operator==(const Occurrence&) const = default;
};

/// The first occurrence that leaves at least `least` between the later of its start and `now`, and its end. An
/// occurrence that is open now counts when enough of it is left. A wall clock time that daylight saving skips opens at
/// the first instant after the gap; one that comes twice opens at its first coming, and its duration is elapsed time.
/// Empty when the window never opens again. Fails with invalid_value for a
/// time zone that the machine does not know, and for a schedule or recurrence that cannot be read.
[[nodiscard]] Result<std::optional<Occurrence>> next_occurrence(const manifest::Window& window, UtcTime now,
                                                                Duration least);

}  // namespace firmform::schedule

// SPDX-License-Identifier: Apache-2.0
// When work may be done: the openings of a window that freeze periods leave. Pure; knows time zones, not the clock.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/manifest/desired.h"
#include "engine/schedule/occurrence.h"

namespace firmform::schedule {

/// The opening that begins soonest and leaves at least `least` between the later of its start and `now`, and its end.
/// An opening is an occurrence of the window less the freeze periods, which may cut it into several. Without a window
/// (null) any time is open: the result then starts at `now` or where a freeze ends, and ends where the next freeze
/// begins, or at UtcTime::max(). Empty when there is none within 41 years. Fails with invalid_value for a time zone
/// that the machine does not know.
///
/// The same for all hosts that share window and freeze periods, so that callers with many hosts can keep the answer.
[[nodiscard]] Result<std::optional<Occurrence>> next_opening(const manifest::Window* window,
                                                             std::span<const manifest::FreezePeriod* const> freezes,
                                                             UtcTime now, Duration least);

/// A freeze period that is on, and when it ends.
struct Frozen {
  const manifest::FreezePeriod* period = nullptr;
  UtcTime end{};
};

/// Which of the freeze periods is on at that time; of several, the one that ends last.
[[nodiscard]] Result<std::optional<Frozen>> frozen_at(std::span<const manifest::FreezePeriod* const> freezes,
                                                      UtcTime time);

/// The freeze periods of a host, as the functions above take them. They live as long as `freezes` does.
[[nodiscard]] std::vector<const manifest::FreezePeriod*> periods_of(const std::vector<manifest::FreezeChoice>& freezes);

}  // namespace firmform::schedule

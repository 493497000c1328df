// SPDX-License-Identifier: Apache-2.0
// Maintenance windows: from what the manifest says to the one-shot windows that a BMC keeps. What a BMC does in a
// window it does by itself, by its own clock, so the plan sees to it that the window is long enough before anything is
// put into the queue.
#pragma once

#include "engine/plan/draft.h"
#include "engine/schedule/occurrence.h"

namespace firmform::plan {

/// What is expected is a guess: a quarter more must fit.
[[nodiscard]] constexpr Duration with_reserve(Duration work) {
  return work + work / 4;
}

[[nodiscard]] bool keeps_windows(const HostDraft& host);

/// The host is given a window, and its BMC sees to it by itself.
[[nodiscard]] bool is_kept_by_bmc(const HostDraft& host);

/// The first time at which `least` fits between the freeze periods, and into the host's window if it has one.
[[nodiscard]] Result<std::optional<schedule::Occurrence>> next_opening(const Scope& scope, const HostDraft& host,
                                                                       Duration least);

/// The same, if there were no freeze periods.
[[nodiscard]] Result<std::optional<schedule::Occurrence>> next_unfrozen_opening(const Scope& scope,
                                                                                const HostDraft& host, Duration least);

/// Why `least` fits nowhere.
[[nodiscard]] Finding does_not_fit(const Scope& scope, const HostDraft& host, Duration least);

/// The clock that windows are judged by.
[[nodiscard]] UtcTime bmc_clock(const Scope& scope, const HostDraft& host);

/// One of ours, made for a window that the manifest declares absent.
[[nodiscard]] bool is_declared_absent(const Scope& scope, const inventory::Window& window);

/// Gives a host whose BMC keeps its window an appointment in the next opening, whatever the work; what forbids that is
/// a gate.
void choose_window(const Scope& scope, HostDraft& host);

/// Moves the appointment to the first opening that is long enough for `work` with reserve. What is wrong when there
/// is none.
[[nodiscard]] std::optional<Finding> appoint(const Scope& scope, HostDraft& host, Duration work);

/// The window itself, for changes that the BMC makes in it.
void add_window(const Scope& scope, HostDraft& host);

/// Removes windows that the manifest declares absent.
void remove_absent_windows(const Scope& scope, HostDraft& host);

/// Removes our windows that are over and that nothing refers to.
void tidy_windows(const Scope& scope, HostDraft& host);

/// Blocks the window for which the BMC has no room left.
void check_window_limit(const Scope& scope, HostDraft& host);

}  // namespace firmform::plan

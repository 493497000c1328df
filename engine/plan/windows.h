// SPDX-License-Identifier: Apache-2.0
// Maintenance windows: from what the manifest says to the one-shot windows that a BMC keeps. What a BMC does in a
// window it does by itself, by its own clock, so the plan sees to it that the window is long enough before anything is
// put into the queue.
#pragma once

#include "engine/plan/draft.h"

namespace firmform::plan {

/// The clock that windows are judged by.
[[nodiscard]] UtcTime bmc_clock(const Scope& scope, const HostDraft& host);

/// One of ours, made for a window that the manifest declares absent.
[[nodiscard]] bool is_declared_absent(const Scope& scope, const inventory::Window& window);

/// Gives a host with a window an appointment in its next occurrence, whatever the work; what forbids that is a gate.
void choose_window(const Scope& scope, HostDraft& host);

/// Moves the appointment to the first occurrence that is long enough for `work` with reserve. What is wrong when there
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

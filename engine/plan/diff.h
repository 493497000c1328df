// SPDX-License-Identifier: Apache-2.0
// Desired against observed, for one host: which components must change, and which may not.
#pragma once

#include "engine/plan/draft.h"

namespace firmform::plan {

/// Chooses the baseline, finds the component of each entry and compares versions. Changes come out as
/// no_op, update, downgrade or blocked; nothing but versions and selectors has been looked at yet.
[[nodiscard]] HostDraft diff(const Scope& scope, const manifest::DesiredHost& desired,
                             const inventory::HostSnapshot& snapshot);

/// Says why nothing is planned for a host that could not be read; does nothing for the others.
void report_unreadable(const Scope& scope, HostDraft& host);

}  // namespace firmform::plan

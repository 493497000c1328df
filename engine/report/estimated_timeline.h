// SPDX-License-Identifier: Apache-2.0
// When things would happen, from the plan's own expectations alone, where no simulation is at hand.
#pragma once

#include "engine/simulate/timeline.h"

namespace firmform::report {

/// Waves follow one another with their soaks, hosts keep their windows and the number of hosts in flight; budgets and
/// failures are not looked at. `hosts_in_flight`: where the plan sets no limit. Pure.
[[nodiscard]] simulate::Timeline estimated_timeline(const plan::Plan& plan, UtcTime start, int hosts_in_flight = 10);

/// As what a timeline shows an action.
[[nodiscard]] simulate::SpanKind span_kind(plan::ActionType type);

}  // namespace firmform::report

// SPDX-License-Identifier: Apache-2.0
// Waves, budgets and the timeline, as the page's data.
#pragma once

#include "engine/json/value.h"
#include "engine/report/fleet_report.h"

namespace firmform::report {

/// Appends rollout and timeline to `data`.
void append_times(json::Object& data, const FleetReport& report);

}  // namespace firmform::report

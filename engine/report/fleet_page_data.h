// SPDX-License-Identifier: Apache-2.0
// What the page shows, as JSON: tables of what is equal, and numbers that point into them, so that 5,000 hosts are a
// few megabytes.
#pragma once

#include "engine/json/value.h"
#include "engine/report/fleet_report.h"

namespace firmform::report {

/// Read by page/model.js. Texts are printable; times are RFC 3339, durations are seconds.
[[nodiscard]] json::Value page_data(const FleetReport& report);

/// "7 of 12 hosts are not as the manifest wants them."
[[nodiscard]] std::string verdict_text(const FleetReport& report);

}  // namespace firmform::report

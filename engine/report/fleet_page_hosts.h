// SPDX-License-Identifier: Apache-2.0
// Hosts, their cells in the matrix and their actions, as the page's data.
#pragma once

#include <set>

#include "engine/json/value.h"
#include "engine/report/fleet_report.h"

namespace firmform::report {

/// Appends columns, cells, profiles, actions, graphs, reasons, windows and hosts to `data`, and adds to `codes` those
/// that reasons have.
void append_hosts(json::Object& data, const FleetReport& report, std::set<Code>& codes);

}  // namespace firmform::report

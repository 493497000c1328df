// SPDX-License-Identifier: Apache-2.0
// A fleet as one HTML file: matrix of hosts and components, graph of the plan, timeline and findings. It asks nothing
// of any network, and its policy (CSP) forbids it to.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/report/fleet_report.h"

namespace firmform::report {

/// Same report, same bytes. Without a timeline the page shows one that is estimated from the plan, and says so.
[[nodiscard]] Result<std::string> html_report(const FleetReport& report);

/// JSON that may stand inside of <script>: nothing in it can end the element or begin another.
[[nodiscard]] std::string script_safe(std::string_view json);

}  // namespace firmform::report

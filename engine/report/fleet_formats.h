// SPDX-License-Identifier: Apache-2.0
// The formats that pipelines, dashboards and code hosts read. Each is a pure function of one FleetReport; the table of
// them is reports.h. Where no plan was made (an invalid manifest, `validate`), they tell what stands in the way.
#pragma once

#include <cstddef>
#include <string>

#include "engine/report/fleet_report.h"

namespace firmform::report {

/// GitHub refuses comments of more characters; GitLab takes longer ones.
inline constexpr std::size_t kLongestComment = 65'535;

/// A comment for a pull request: at most kLongestComment bytes, what needs attention first, and what is left out said.
/// Its first line is a mark that a script finds again, to write over the comment of the run before.
[[nodiscard]] std::string markdown_report(const FleetReport& report);

/// Exactly {"create":N,"update":N,"delete":N}, for GitLab's `artifacts:reports:terraform`.
[[nodiscard]] std::string gitlab_report(const FleetReport& report);

/// Tests that fail where the fleet is not as the manifest wants it; after an apply, where a host did not get there.
/// After `drift`, what the manifest's policy only reports is a skipped test.
[[nodiscard]] std::string junit_report(const FleetReport& report);

/// SARIF 2.1.0, for the places in the manifest that something is to be said about.
[[nodiscard]] std::string sarif_report(const FleetReport& report);

/// Above this many components the metrics tell hosts only, and how many components were left out.
inline constexpr std::size_t kMostComponentSeries = 5'000;

/// For node_exporter's textfile collector.
[[nodiscard]] std::string prometheus_report(const FleetReport& report);

/// Workflow commands that GitHub Actions turns into annotations.
[[nodiscard]] std::string github_report(const FleetReport& report);

}  // namespace firmform::report

// SPDX-License-Identifier: Apache-2.0
#include "engine/report/reports.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "engine/base/text.h"
#include "engine/json/value.h"
#include "engine/plan/change_words.h"
#include "engine/report/fleet_formats.h"
#include "engine/report/fleet_page.h"

namespace firmform::report {
namespace {

template <std::string (*Render)(const FleetReport& report)>
Result<std::string> rendered(const FleetReport& report) {
  return Render(report);
}

constexpr std::array kFormats = {
    ReportFormat{"github", "txt", "Annotations of GitHub Actions, at the lines of the manifest.",
                 rendered<github_report>},
    ReportFormat{"gitlab", "json", "Counts for the merge request widget of GitLab (artifacts:reports:terraform).",
                 rendered<gitlab_report>},
    ReportFormat{"html", "html", "One page with everything, which works without a server.", html_report},
    ReportFormat{"junit", "xml", "A test for each component of each host, for the test views of CI servers.",
                 rendered<junit_report>},
    ReportFormat{"markdown", "md", "A comment for a pull request, at most 65,535 characters.",
                 rendered<markdown_report>},
    ReportFormat{"prometheus", "prom", "Metrics for node_exporter's textfile collector.", rendered<prometheus_report>},
    ReportFormat{"sarif", "sarif", "SARIF 2.1.0, for code scanning views.", rendered<sarif_report>},
};

}  // namespace

std::string gitlab_report(const FleetReport& report) {
  std::uint64_t create = 0;
  std::uint64_t update = 0;
  std::uint64_t remove = 0;
  for (const plan::Change& change : report.plan.changes) {
    const std::string_view action = plan::terraform_action(change.kind);
    create += action == "create" ? 1U : 0U;
    update += action == "update" ? 1U : 0U;
    remove += action == "delete" ? 1U : 0U;
  }
  return json::dump(json::Object{{"create", create}, {"update", update}, {"delete", remove}}) + "\n";
}

std::span<const ReportFormat> report_formats() {
  return kFormats;
}

Result<const ReportFormat*> find_report_format(std::string_view name) {
  std::vector<std::string> names;
  for (const ReportFormat& format : kFormats) {
    if (format.name == name) return &format;
    names.emplace_back(format.name);
  }
  const Error error(Code::usage, fmt::format("there is no report format `{}`", name));
  const auto near = nearest(name, names);
  return fail(error.with_help(near ? fmt::format("did you mean `{}`?", *near)
                                   : fmt::format("the formats are {}", fmt::join(names, ", "))));
}

}  // namespace firmform::report

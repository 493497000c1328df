// SPDX-License-Identifier: Apache-2.0
// The table of report formats: name, what it is for, and the function that makes it from a FleetReport. Options, help
// and manual are made from it; a new format is one line in reports.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/report/fleet_report.h"

namespace firmform::report {

struct ReportFormat {
  std::string_view name;         ///< "markdown"
  std::string_view extension;    ///< "md", what files of it are usually called
  std::string_view description;  ///< one sentence
  Result<std::string> (*render)(const FleetReport& report);
};

/// By name.
[[nodiscard]] std::span<const ReportFormat> report_formats();

/// Fails with usage, the formats that there are, and what was probably meant.
[[nodiscard]] Result<const ReportFormat*> find_report_format(std::string_view name);

}  // namespace firmform::report

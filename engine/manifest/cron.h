// SPDX-License-Identifier: Apache-2.0
// Cron schedules of maintenance windows: five fields, as crontab(5) has them.
#pragma once

#include <string_view>

namespace firmform::manifest {

/// Whether `text` is minute, hour, day of month, month and weekday, each a `*`, numbers or names, ranges,
/// steps and lists of these, within their bounds.
[[nodiscard]] bool is_cron(std::string_view text);

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
// The iLO event log (IEL) and the Integrated Management Log (IML), as far as they are younger than a time (ilo.md 12).
#pragma once

#include <optional>
#include <vector>

#include "providers/provider.h"
#include "providers/redfish/client.h"

namespace firmform::hpe {

/// Oldest first. Repeats of an event are one entry with the time of its newest.
Task<Result<std::vector<LogEntry>>> read_logs(redfish::Client& client, std::optional<UtcTime> since);

/// One entry as received. Pure.
[[nodiscard]] LogEntry log_entry(std::string_view log, const json::Value& item);
/// Those since `since`, each event once, oldest first. Pure.
[[nodiscard]] std::vector<LogEntry> sorted_entries(std::vector<LogEntry> entries, std::optional<UtcTime> since);

}  // namespace firmform::hpe

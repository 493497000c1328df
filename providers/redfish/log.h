// SPDX-License-Identifier: Apache-2.0
// Event logs of a standard service: what system and manager keep of hardware and firmware. Reference: DSP2046
// LogService.
#pragma once

#include <optional>
#include <vector>

#include "providers/provider.h"
#include "providers/redfish/client.h"

namespace firmform::redfish {

/// Entries since `since` (by the BMC's clock), oldest first; undated ones only without `since`. Logs of users, of
/// audits and of consoles are left out, and so is what a log pages out after its first thousands of entries.
Task<Result<std::vector<LogEntry>>> read_event_logs(Client& client, std::optional<UtcTime> since);

/// True for a log of events; pure.
[[nodiscard]] bool is_event_log(const json::Value& service);
/// One entry as received; pure.
[[nodiscard]] LogEntry event_of(std::string_view log, const json::Value& item);

}  // namespace firmform::redfish

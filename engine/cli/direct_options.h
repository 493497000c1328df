// SPDX-License-Identifier: Apache-2.0
// Values of options that several direct verbs take.
#pragma once

#include <optional>
#include <vector>

#include "engine/cli/verb.h"
#include "engine/inventory/snapshot.h"

namespace firmform::cli {

/// RFC 3339 ("2026-12-05T22:00:00Z"), or "+2h": that much after `now`. Empty when not given. Fails with usage.
[[nodiscard]] Result<std::optional<UtcTime>> time_option(const Arguments& arguments, std::string_view option,
                                                         UtcTime now);

/// "Bmc,Uefi". Empty when not given. Fails with usage.
[[nodiscard]] Result<std::vector<inventory::Updater>> updaters_option(const Arguments& arguments,
                                                                      std::string_view option);

/// The Id of the window of that name or Id on the host; empty when not given. Fails with resource_unknown.
[[nodiscard]] Result<std::string> window_option(const Arguments& arguments, const inventory::HostSnapshot& host);

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
// What a BMC itself says about a failure: its log of the run's own time, and what it shows to be broken.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/inventory/snapshot.h"
#include "providers/provider.h"

namespace firmform::apply {

/// How far the BMC's clock is ahead of ours; zero where it shows none.
[[nodiscard]] Duration clock_skew(const inventory::HostSnapshot& snapshot);

/// The entries that a person wants to see with a failure, oldest first: at most ten, warnings and worse before others.
[[nodiscard]] std::vector<std::string> log_notes(std::span<const LogEntry> entries);

/// What the host shows to be broken, and the verb that offers ways out; empty for a host without incidents.
[[nodiscard]] std::vector<std::string> incident_notes(const std::string& host, const inventory::HostSnapshot& snapshot);

}  // namespace firmform::apply

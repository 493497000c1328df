// SPDX-License-Identifier: Apache-2.0
// What BMCs keep, as tables for people: repository, queue, windows, install sets. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/inventory/snapshot.h"
#include "engine/report/style.h"

namespace firmform::cli {

using Hosts = std::vector<const inventory::HostSnapshot*>;  ///< each with what its table is about

/// What time it is for the BMC: what its windows and entries are judged by.
[[nodiscard]] UtcTime clock_of(const inventory::HostSnapshot& host);

/// "32.0 MiB"
[[nodiscard]] std::string size_text(std::uint64_t bytes);

// One table over all hosts, then one line of totals per host, and what deserves a second look.
[[nodiscard]] std::string repository_text(const Hosts& hosts, const report::Style& style);
[[nodiscard]] std::string queue_text(const Hosts& hosts, const report::Style& style);
[[nodiscard]] std::string windows_text(const Hosts& hosts, const report::Style& style);
[[nodiscard]] std::string install_sets_text(const Hosts& hosts, const report::Style& style);

// One resource with all that is known of it, a line each.
[[nodiscard]] std::string in_full(const inventory::StoredImage& image);
[[nodiscard]] std::string in_full(const inventory::QueueEntry& entry);
[[nodiscard]] std::string in_full(const inventory::Window& window);
[[nodiscard]] std::string in_full(const inventory::InstallSet& set);

}  // namespace firmform::cli

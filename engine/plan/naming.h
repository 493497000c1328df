// SPDX-License-Identifier: Apache-2.0
// Names by which firmform knows its own work on a BMC again. They depend on what is to be done, never on when or from
// where it was planned: planning twice gives the same names, so nothing is put into a queue twice. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/inventory/staging.h"

namespace firmform::plan {

/// Of the BMC's check of the firmware that it runs; components have no such address.
inline constexpr std::string_view kIntegrityAddress = "integrity";

inline constexpr std::size_t kLongestName = 64;  ///< of queue entries, windows and install sets (ilo.md 8.2, 9, 10.1)

/// "firmform 1a2b3c4d U46_2.36.fwpkg": the digits stand for `file`, `sha256` and `addresses`, in any order.
[[nodiscard]] std::string queue_entry_name(std::string_view file, std::string_view sha256,
                                           std::vector<std::string> addresses);
/// Of an entry that is no ApplyUpdate: "firmform 1a2b3c4d ResetServer". `purpose` tells it from others like it.
[[nodiscard]] std::string command_entry_name(std::string_view command, std::string_view purpose);
[[nodiscard]] bool is_ours(const inventory::QueueEntry& entry);

/// "saturday-night 2026-12-05T22:00Z" of a window of the manifest and the start of one occurrence.
[[nodiscard]] std::string window_name(std::string_view window, UtcTime start);
inline constexpr std::string_view kOwnDescription = "Made by firmform";
[[nodiscard]] bool is_ours(const inventory::Window& window);
/// Ours, and made for that window of the manifest.
[[nodiscard]] bool is_occurrence_of(const inventory::Window& window, std::string_view name);

}  // namespace firmform::plan

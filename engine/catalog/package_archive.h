// SPDX-License-Identifier: Apache-2.0
// The zip archive of a package, read within bounds. Nothing is ever written to disk, names that lead elsewhere are
// refused, and archives inside of the archive are not opened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/result.h"

namespace firmform::catalog {

/// Real packages hold a handful of files and compress to about a half; what exceeds these bounds is a trap.
struct ArchiveLimits {
  std::size_t entries = 4096;
  std::uint64_t unpacked_bytes = std::uint64_t{4} << 30U;  ///< of all entries together
  /// How often larger than the archive its content may be, once it is larger than `small_bytes`.
  std::uint64_t ratio = 100;
  std::uint64_t small_bytes = std::uint64_t{64} << 20U;
  std::size_t metadata_bytes = std::size_t{1} << 20U;
};

/// The text of payload.json; absent when the package has none. The names, number and claimed sizes of all entries are
/// checked. Fails with package_malformed, saying what is wrong.
[[nodiscard]] Result<std::optional<std::string>> read_payload(const std::filesystem::path& package,
                                                              const ArchiveLimits& limits = {});

/// Unpacks every entry into nothing, so that damage anywhere shows (a zip holds a checksum of each file). What comes
/// out is counted; what the archive claims is not believed. Fails with package_malformed.
[[nodiscard]] Status test_archive(const std::filesystem::path& package, const ArchiveLimits& limits = {});

}  // namespace firmform::catalog

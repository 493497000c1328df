// SPDX-License-Identifier: Apache-2.0
// firmform.lock: the exact images that a manifest means. It lies beside the manifest and is committed with it, so that
// the same manifest gives the same bytes on every machine, and a replaced file is seen before anything is sent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace firmform::catalog {

inline constexpr std::string_view kLockFile = "firmform.lock";

struct LockedImage {
  std::string sha256;  ///< 64 lower-case hexadecimal digits
  std::uint64_t size = 0;
  std::string source;  ///< where it was when it was locked: a path relative to the manifest, or a URL; for people
  bool operator==(const LockedImage&) const = default;
};

struct Lock {
  std::map<std::string, LockedImage, std::less<>> images;  ///< by the name that the manifest uses
  [[nodiscard]] const LockedImage* find(std::string_view name) const;
  bool operator==(const Lock&) const = default;
};

/// Fails with lock_file_malformed. Members that are not known are skipped; another format version is refused.
[[nodiscard]] Result<Lock> parse_lock(std::string_view text);
/// JSON with sorted keys: equal locks give equal bytes.
[[nodiscard]] std::string lock_text(const Lock& lock);

/// The lock of the manifest in `directory`; absent when there is none. Fails with lock_file_malformed.
[[nodiscard]] Result<std::optional<Lock>> read_lock(const std::filesystem::path& directory);
/// Replaces the lock file as a whole or not at all. Fails with output_failed.
[[nodiscard]] Status write_lock(const std::filesystem::path& directory, const Lock& lock);

/// What differs for one image. `before` is absent for a new one, `after` for one that is gone.
struct LockChange {
  std::string image;
  std::optional<LockedImage> before;
  std::optional<LockedImage> after;
  /// The bytes are others, under the same name: it was replaced.
  [[nodiscard]] bool replaces() const { return before && after && before->sha256 != after->sha256; }
};
/// In order of names; what is equal is left out.
[[nodiscard]] std::vector<LockChange> compare(const Lock& before, const Lock& after);

}  // namespace firmform::catalog

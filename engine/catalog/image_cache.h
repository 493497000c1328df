// SPDX-License-Identifier: Apache-2.0
// Copies of mirrors' images on this machine. They lie under their digests, so one can be out of place, but never stale.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/base/digest.h"
#include "engine/base/result.h"

namespace firmform::catalog {

/// The cache of the manifest in `directory`: .firmform/images.
[[nodiscard]] std::filesystem::path image_cache(const std::filesystem::path& directory);

/// Where an image of that digest is kept, whether it is there or not: SHA256/NAME.
[[nodiscard]] std::filesystem::path cached_path(const std::filesystem::path& cache, const std::string& sha256,
                                                const std::string& name);

/// Where the bytes of an unfinished download gather. `identity` tells one download from another.
[[nodiscard]] std::filesystem::path partial_path(const std::filesystem::path& cache, const std::string& identity);

/// Adds `bytes` to the end of `path`, creating it and its folders. Fails with output_failed.
[[nodiscard]] Status append_bytes(const std::filesystem::path& path, std::string_view bytes);

/// Moves a finished download to its place. Fails with output_failed.
[[nodiscard]] Result<std::filesystem::path> keep(const std::filesystem::path& cache,
                                                 const std::filesystem::path& partial, const std::string& sha256,
                                                 const std::string& name);

}  // namespace firmform::catalog

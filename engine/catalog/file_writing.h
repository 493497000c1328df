// SPDX-License-Identifier: Apache-2.0
// Files that are written as a whole or not at all.
#pragma once

#include <filesystem>
#include <string_view>

#include "engine/base/result.h"

namespace firmform::catalog {

/// Writes `text` to a new file beside `path`, brings it to disk and renames it over `path`. Fails with output_failed,
/// and then `path` is as it was.
[[nodiscard]] Status replace_file(const std::filesystem::path& path, std::string_view text);

}  // namespace firmform::catalog

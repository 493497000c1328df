// SPDX-License-Identifier: Apache-2.0
// `firmform fmt`: one look for all manifests. It changes white space alone (indentation of two spaces, no
// trailing blanks, single blank lines, LF), so comments, order and quotes stay as they are; and it refuses
// a file in which that would change a value.
#pragma once

#include <string>

#include "engine/base/diagnostic.h"

namespace firmform::manifest {

/// The formatted text of a file. Without a value when the file is not well-formed YAML, or when formatting
/// it would not be safe (format_refused). Formatting the result again changes nothing.
[[nodiscard]] Parsed<std::string> format(const SourceMap& sources, FileId file);

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
// What must hold of the bytes before a YAML parser sees them.
#pragma once

#include <optional>

#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// Size, encoding, control characters, nesting of brackets and tabs in the indentation. The first problem,
/// if there is one.
[[nodiscard]] std::optional<Diagnostic> check_text(const SourceMap& sources, FileId file, const YamlLimits& limits);

/// The place of a byte. For single places; costs time linear in the length of the line.
[[nodiscard]] SourceSpan span_at(const SourceMap& sources, FileId file, std::size_t offset, std::uint32_t length = 1);

}  // namespace firmform::manifest

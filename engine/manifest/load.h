// SPDX-License-Identifier: Apache-2.0
// From bytes to Manifest, and from Manifest to Desired. Pure: reading files is read_directory's job.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/manifest/desired.h"

namespace firmform::manifest {

struct SourceText {
  std::string name;  ///< relative path, as shown in diagnostics
  std::string text;
};

/// All *.yaml and *.yml files of `directory` (not of its sub-directories), sorted by name.
[[nodiscard]] Result<std::vector<SourceText>> read_directory(const std::filesystem::path& directory);

/// Parses and validates all files as one configuration. Reports every problem, without cascades. The
/// texts move into `sources`, which the spans point into.
[[nodiscard]] Parsed<Manifest> load(std::vector<SourceText> files, SourceMap& sources);

/// Merges groups and defaults into hosts, and reports conflicts and dangling references.
[[nodiscard]] Parsed<Desired> resolve(const Manifest& manifest, const SourceMap& sources);

/// SHA-256 over names and texts; what saved plans are bound to.
[[nodiscard]] std::string digest(const std::vector<SourceText>& files);

}  // namespace firmform::manifest

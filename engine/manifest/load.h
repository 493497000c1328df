// SPDX-License-Identifier: Apache-2.0
// From bytes to Manifest, and from Manifest to Desired. Pure: reading files is read_directory's job.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/manifest/desired.h"

namespace firmform::manifest {

struct SourceText {
  std::string name;  ///< relative path, as shown in diagnostics
  std::string text;
};

/// All *.yaml and *.yml files of `directory` (not of its sub-directories), sorted by name.
[[nodiscard]] Result<std::vector<SourceText>> read_directory(const std::filesystem::path& directory);

/// Parses and validates all files as one configuration. Reports every problem, without cascades. The
/// texts move into `sources`, which the spans point into. There is always a value: what could be
/// understood, for resolve() to find further problems in.
[[nodiscard]] Parsed<Manifest> load(std::vector<SourceText> files, SourceMap& sources);

/// Merges groups and defaults into hosts, and reports conflicts and dangling references. Without a value
/// when it finds an error. The caller sets `directory` of the result.
[[nodiscard]] Parsed<Desired> resolve(const Manifest& manifest, const SourceMap& sources);

/// load() and resolve() in one: all problems of both, and a value only when there is no error at all.
[[nodiscard]] Parsed<Desired> load_desired(std::vector<SourceText> files, SourceMap& sources);

/// SHA-256 over names and texts; what saved plans are bound to.
[[nodiscard]] std::string digest(const std::vector<SourceText>& files);

}  // namespace firmform::manifest

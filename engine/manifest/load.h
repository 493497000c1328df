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

/// What a text is to the configuration: a file of the manifest, or a part of what `inventories:` takes hosts from.
enum class TextRole {
  manifest,
  hosts,            ///< a file of an Ansible inventory
  group_variables,  ///< a file of group_vars/
  host_variables,   ///< a file of host_vars/
  script_hosts,     ///< what a dynamic inventory said to --list
  script_host,      ///< what it said to --host
  unreadable,       ///< there is none; `subject` says why
};

struct SourceText {
  std::string name;  ///< relative path, as shown in diagnostics
  std::string text;
  TextRole role = TextRole::manifest;
  std::string source;   ///< of hosts and variables: which source of `inventories:` they belong to
  std::string subject;  ///< of variables: the group or host that has them
};

/// All *.yaml and *.yml files of `directory` (not of its sub-directories), sorted by name.
[[nodiscard]] Result<std::vector<SourceText>> read_directory(const std::filesystem::path& directory);

/// As above, with the files and the answers of programs that `inventories:` takes hosts from: all that load() needs.
/// Runs the programs that the manifest names, and waits for them.
[[nodiscard]] Result<std::vector<SourceText>> read_configuration(const std::filesystem::path& directory);

/// Parses and validates all files as one configuration. Reports every problem, without cascades. The
/// texts move into `sources`, which the spans point into. There is always a value: what could be
/// understood, for resolve() to find further problems in. Hosts of `inventories:` are there when the texts of
/// read_configuration() are given.
[[nodiscard]] Parsed<Manifest> load(std::vector<SourceText> files, SourceMap& sources);

/// Merges groups and defaults into hosts, and reports conflicts and dangling references. Without a value
/// when it finds an error. The caller sets `directory` of the result.
[[nodiscard]] Parsed<Desired> resolve(const Manifest& manifest, const SourceMap& sources);

/// load() and resolve() in one: all problems of both, and a value only when there is no error at all.
[[nodiscard]] Parsed<Desired> load_desired(std::vector<SourceText> files, SourceMap& sources);

/// SHA-256 over names and texts; what saved plans are bound to.
[[nodiscard]] std::string digest(const std::vector<SourceText>& files);

}  // namespace firmform::manifest

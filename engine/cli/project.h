// SPDX-License-Identifier: Apache-2.0
// The manifest directory as the verbs use it: loaded, validated, resolved, its problems reported.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/apply/hosts.h"
#include "engine/cli/verb.h"
#include "engine/manifest/load.h"

namespace firmform::cli {

/// A value, or the exit code of a verb that has reported why there is none.
template <class T>
using OrExit = tl::expected<T, Exit>;

[[nodiscard]] inline tl::unexpected<Exit> leave(Exit exit) { return tl::unexpected<Exit>(exit); }

struct Project {
  std::unique_ptr<SourceMap> sources;
  manifest::Desired desired;
  Diagnostics warnings;
  std::filesystem::path directory;  ///< absolute

  [[nodiscard]] std::filesystem::path state_directory() const { return directory / ".firmform"; }
};

/// Loads the manifest of context.directory. Errors are printed; warnings are kept for the verb to print.
[[nodiscard]] OrExit<Project> open_project(Context& context);

/// Names of the hosts that `patterns` (names or globs) select; all hosts without patterns. A pattern that
/// matches nothing is an error: a typo must not look like success.
[[nodiscard]] OrExit<std::vector<std::string>> select_hosts(const Project& project, const std::vector<std::string>& patterns,
                                                            Context& context);

[[nodiscard]] std::vector<apply::Target> targets_of(const Project& project, const std::vector<std::string>& hosts);

}  // namespace firmform::cli

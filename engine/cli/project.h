// SPDX-License-Identifier: Apache-2.0
// The manifest directory as the verbs use it: loaded, validated, resolved, its problems reported.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/apply/hosts.h"
#include "engine/base/text.h"
#include "engine/cli/verb.h"
#include "engine/manifest/load.h"

namespace firmform::cli {

/// A value, or the exit code of a verb that has reported why there is none.
template <class T>
using OrExit = tl::expected<T, Exit>;

[[nodiscard]] inline tl::unexpected<Exit> leave(Exit exit) {
  return tl::unexpected<Exit>(exit);
}

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
[[nodiscard]] OrExit<std::vector<std::string>> select_hosts(const Project& project,
                                                            const std::vector<std::string>& patterns, Context& context);

/// The manifest as written: also what no host is given.
[[nodiscard]] Result<manifest::Manifest> declared(const Project& project);

/// The entry of that name. Fails with resource_unknown, what was probably meant, and `noun` ("install set").
template <class T>
Result<const T*> find_declared(const manifest::Named<T>& entries, const std::string& name, std::string_view noun) {
  if (const auto found = entries.find(name); found != entries.end()) return &found->second.value;
  std::vector<std::string> names;
  for (const auto& [known, entry] : entries) names.push_back(known);
  const Error error(Code::resource_unknown, fmt::format("the manifest has no {} `{}`", noun, name));
  const auto near = nearest(name, names);
  return fail(near ? error.with_help(fmt::format("did you mean `{}`?", *near)) : error);
}

[[nodiscard]] std::vector<apply::Target> targets_of(const Project& project, const std::vector<std::string>& hosts);

}  // namespace firmform::cli

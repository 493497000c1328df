// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/project.h"

#include <set>

#include "engine/schedule/check.h"

namespace firmform::cli {

OrExit<Project> open_project(Context& context) {
  std::error_code problem;
  Project project;
  project.directory = std::filesystem::absolute(context.directory, problem).lexically_normal();
  auto files = manifest::read_configuration(project.directory);
  if (!files) return leave(context.report(files.error()));
  project.sources = std::make_unique<SourceMap>();
  auto loaded = manifest::load_desired(std::move(*files), *project.sources);
  if (loaded.value) loaded.diagnostics.append(schedule::check_openings(*loaded.value));
  if (!loaded.value || loaded.diagnostics.has_errors()) {
    context.report(loaded.diagnostics, *project.sources);
    return leave(loaded.diagnostics.exit());
  }
  project.desired = std::move(*loaded.value);
  project.desired.directory = project.directory.string();
  project.warnings = std::move(loaded.diagnostics);
  return project;
}

OrExit<std::vector<std::string>> select_hosts(const Project& project, const std::vector<std::string>& patterns,
                                              Context& context) {
  std::vector<std::string> names;
  for (const auto& [name, host] : project.desired.hosts) names.push_back(name);
  if (patterns.empty()) return names;
  std::set<std::string> selected;
  Exit exit = Exit::ok;
  for (const std::string& pattern : patterns) {
    const std::size_t before = selected.size();
    bool matched = false;
    for (const std::string& name : names) {
      if (!glob_match(pattern, name)) continue;
      selected.insert(name);
      matched = true;
    }
    if (matched || selected.size() > before) continue;
    Error error(Code::unknown_host, fmt::format("`{}` matches none of the {}", pattern, counted(names.size(), "host")));
    if (const auto near = nearest(pattern, names)) error = error.with_help(fmt::format("did you mean `{}`?", *near));
    exit = worst(exit, context.report(error));
  }
  if (exit != Exit::ok) return leave(exit);
  return std::vector<std::string>(selected.begin(), selected.end());
}

Result<manifest::Manifest> declared(const Project& project) {
  auto files = manifest::read_directory(project.directory);
  if (!files) return fail(files.error());
  SourceMap sources;
  auto loaded = manifest::load(std::move(*files), sources);
  if (!loaded.value) return fail(Code::internal_error, "a manifest that was loaded cannot be loaded again");
  return std::move(*loaded.value);
}

std::vector<apply::Target> targets_of(const Project& project, const std::vector<std::string>& hosts) {
  std::vector<apply::Target> targets;
  targets.reserve(hosts.size());
  for (const std::string& name : hosts) {
    targets.push_back(apply::target_of(project.desired.hosts.at(name), project.directory));
  }
  return targets;
}

}  // namespace firmform::cli

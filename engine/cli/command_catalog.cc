// SPDX-License-Identifier: Apache-2.0
// firmform catalog list|show|match|diff
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "engine/base/text.h"
#include "engine/catalog/mirror.h"
#include "engine/cli/catalog_matching.h"
#include "engine/cli/catalog_views.h"
#include "engine/cli/commands.h"
#include "engine/cli/fleet_reading.h"
#include "engine/cli/mirror_fetching.h"
#include "engine/cli/plan_output.h"
#include "engine/cli/project_catalog.h"

namespace firmform::cli {
namespace {

namespace fs = std::filesystem;

std::vector<manifest::CatalogSource> directory_sources(const std::vector<std::string>& directories) {
  std::vector<manifest::CatalogSource> sources;
  for (const std::string& directory : directories) {
    manifest::CatalogSource source;
    source.directory = manifest::Text{directory, {}};
    sources.push_back(std::move(source));
  }
  return sources;
}

/// An unreadable directory must not look like an empty one.
Status check_directory(const fs::path& path) {
  std::error_code problem;
  if (fs::is_directory(path, problem)) return {};
  return fail(Code::image_unreadable, fmt::format("{} is not a directory that can be read", path.string()));
}

/// The directories given, without any manifest; else the project's catalog.
OrExit<catalog::CatalogReading> listed(const Arguments& arguments, Context& context) {
  if (arguments.positionals().empty()) {
    const auto project = open_project(context);
    if (!project) return leave(project.error());
    return whole_catalog(*project, context);
  }
  for (const std::string& directory : arguments.positionals()) {
    if (const Status good = check_directory(fs::path(context.directory) / directory); !good) {
      return leave(context.report(good.error()));
    }
  }
  return catalog::survey(directory_sources(arguments.positionals()), context.directory);
}

Exit report_problems(const std::vector<catalog::CatalogProblem>& problems, Context& context) {
  Exit exit = Exit::ok;
  for (const catalog::CatalogProblem& problem : problems) {
    exit = worst(exit, context.report(problem.error));
  }
  return exit;
}

/// The worst that happened to a host.
Exit exit_of_hosts(const inventory::Inventory& inventory) {
  Exit exit = Exit::ok;
  for (const auto& [name, host] : inventory) {
    if (host.error) exit = worst(exit, info(host.error->code()).exit);
  }
  return exit;
}

/// What the mirrors of the manifest list.
OrExit<std::vector<MirrorIndex>> mirror_indexes(const Arguments& arguments, Context& context) {
  if (!arguments.has("mirrors")) return std::vector<MirrorIndex>{};
  const auto project = open_project(context);
  if (!project) return leave(project.error());
  return read_indexes(*project, context);
}

std::string lists_text(const catalog::CatalogReading& reading, const std::vector<MirrorIndex>& indexes,
                       const report::Style& style) {
  std::string text = images_text(reading.catalog.images(), style);
  for (const MirrorIndex& index : indexes) {
    text += index.images ? index_text(index.url, *index.images, style)
                         : fmt::format("\n{} has no index ({}).\n", index.url, catalog::kRepositoryIndex);
  }
  return text;
}

json::Value lists_json(const catalog::CatalogReading& reading, const std::vector<MirrorIndex>& indexes) {
  json::Array images;
  for (const catalog::CatalogImage* image : reading.catalog.images()) images.push_back(image_json(*image));
  json::Array problems;
  for (const catalog::CatalogProblem& problem : reading.problems) problems.push_back(problem_json(problem));
  json::Array mirrors;
  for (const MirrorIndex& index : indexes) {
    if (index.images) mirrors.push_back(index_json(index.url, *index.images));
  }
  return json::Object{{"format_version", "1.0"},
                      {"images", std::move(images)},
                      {"problems", std::move(problems)},
                      {"mirrors", std::move(mirrors)}};
}

/// A name with a slash, or a dot alone, is a directory; anything else a baseline of the manifest.
bool names_directory(const std::string& side) {
  return side.find('/') != std::string::npos || side == "." || side == "..";
}

OrExit<std::vector<catalog::Release>> directory_releases(const std::string& directory, Context& context) {
  if (const Status good = check_directory(fs::path(context.directory) / directory); !good) {
    return leave(context.report(good.error()));
  }
  const auto reading = catalog::survey(directory_sources({directory}), context.directory);
  if (const Exit exit = report_problems(reading.problems, context); exit != Exit::ok) return leave(exit);
  std::vector<catalog::Release> releases;
  for (const catalog::CatalogImage* image : reading.catalog.images()) releases.push_back(catalog::release_of(*image));
  return releases;
}

OrExit<std::vector<catalog::Release>> baseline_releases(const std::string& name, Context& context) {
  const auto project = open_project(context);
  if (!project) return leave(project.error());
  const auto manifest = declared(*project);
  if (!manifest) return leave(context.report(manifest.error()));
  const auto baseline = find_declared(manifest->baselines, name, "baseline");
  if (!baseline) {
    return leave(context.report(baseline.error().with_help(fmt::format("write ./{} for a directory", name))));
  }
  return catalog::releases_of(**baseline);
}

OrExit<std::vector<catalog::Release>> releases(const std::string& side, Context& context) {
  return names_directory(side) ? directory_releases(side, context) : baseline_releases(side, context);
}

}  // namespace

Exit run_catalog_list(const Arguments& arguments, Context& context) {
  const auto reading = listed(arguments, context);
  if (!reading) return reading.error();
  const auto indexes = mirror_indexes(arguments, context);
  if (!indexes) return indexes.error();
  context.out.print(arguments.has("json") ? json::dump_pretty(lists_json(*reading, *indexes))
                                          : lists_text(*reading, *indexes, report_style(context)));
  return report_problems(reading->problems, context);
}

Exit run_catalog_show(const Arguments& arguments, Context& context) {
  const auto project = open_project(context);
  if (!project) return project.error();
  const auto reading = read_images(*project, {arguments.positionals().front()}, context, Pins::where_given);
  if (!reading) return reading.error();
  for (const catalog::CatalogImage* image : reading->catalog.images()) {
    context.out.print(arguments.has("json")
                          ? json::dump_pretty(json::Object{{"format_version", "1.0"}, {"image", image_json(*image)}})
                          : image_text(*image));
  }
  return report_problems(reading->problems, context);
}

Exit run_catalog_match(const Arguments& arguments, Context& context) {
  const auto project = open_project(context);
  if (!project) return project.error();
  const auto hosts = select_hosts(*project, arguments.positionals(), context);
  if (!hosts) return hosts.error();
  const auto reading = whole_catalog(*project, context);
  if (!reading) return reading.error();
  const auto inventory = read_inventory(*project, *hosts, arguments, context);
  if (!inventory) return inventory.error();
  const std::vector<HostMatch> matches = match_all(project->desired, *inventory, reading->catalog);
  context.out.print(arguments.has("json") ? json::dump_pretty(matches_json(matches))
                                          : matches_text(matches, report_style(context)));
  const Exit unusable = report_problems(reading->problems, context);
  const Diagnostics misfits = misfits_of(*project, matches);
  context.report(misfits, *project->sources);
  return worst(unusable, worst(misfits.exit(), exit_of_hosts(*inventory)));
}

Exit run_catalog_diff(const Arguments& arguments, Context& context) {
  const auto before = releases(arguments.positionals().at(0), context);
  if (!before) return before.error();
  const auto after = releases(arguments.positionals().at(1), context);
  if (!after) return after.error();
  const auto changes = catalog::compare(*before, *after);
  context.out.print(arguments.has("json") ? json::dump_pretty(changes_json(changes))
                                          : changes_text(changes, report_style(context)));
  return Exit::ok;
}

}  // namespace firmform::cli

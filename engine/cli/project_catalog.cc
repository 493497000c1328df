// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/project_catalog.h"

#include <algorithm>

#include "engine/catalog/versions.h"
#include "engine/manifest/images.h"
#include "engine/plan/way_back.h"

namespace firmform::cli {
namespace {

using manifest::DesiredHost;

const manifest::Text* in_baselines(const DesiredHost& host, const std::string& image) {
  for (const manifest::BaselineChoice& choice : host.baselines) {
    for (const manifest::FirmwareEntry& entry : choice.baseline->firmware) {
      if (entry.image && entry.image->value == image) return &*entry.image;
    }
  }
  return nullptr;
}

const manifest::Text* in_install_sets(const DesiredHost& host, const std::string& image) {
  for (const manifest::InstallSetChoice& choice : host.install_sets) {
    for (const manifest::InstallSetStep& step : choice.set->steps) {
      if (step.file && step.file->value == image) return &*step.file;
    }
  }
  return nullptr;
}

const manifest::Text* in_repository(const DesiredHost& host, const std::string& image) {
  if (!host.repository) return nullptr;
  const auto& present = host.repository->repository->present;
  const auto found = std::ranges::find(present, image, &manifest::Text::value);
  return found == present.end() ? nullptr : &*found;
}

/// Where the manifest names the image first; null when it does not.
const manifest::Text* place_of(const manifest::Desired& desired, const std::string& image) {
  for (const auto& [name, host] : desired.hosts) {
    for (const auto find : {in_baselines, in_install_sets, in_repository}) {
      if (const manifest::Text* place = find(host, image)) return place;
    }
  }
  return nullptr;
}

void append(catalog::CatalogReading& reading, catalog::CatalogReading more) {
  for (const catalog::CatalogImage* image : more.catalog.images()) reading.catalog.add(*image);
  std::ranges::move(more.problems, std::back_inserter(reading.problems));
}

}  // namespace

OrExit<std::optional<catalog::Lock>> open_lock(const Project& project, Context& context) {
  auto lock = catalog::read_lock(project.directory);
  if (!lock) return leave(context.report(lock.error()));
  return std::move(*lock);
}

OrExit<catalog::CatalogReading> read_images(const Project& project, const std::vector<std::string>& names,
                                            Context& context, Pins pins) {
  const auto lock = open_lock(project, context);
  if (!lock) return leave(lock.error());
  std::vector<std::string> pinned;
  std::vector<std::string> free;
  for (const std::string& name : names) {
    const bool checked = *lock && (pins == Pins::required || (*lock)->find(name) != nullptr);
    (checked ? pinned : free).push_back(name);
  }
  const auto& sources = project.desired.catalog;
  auto reading = catalog::read_catalog(sources, project.directory, pinned, *lock ? &**lock : nullptr);
  append(reading, catalog::read_catalog(sources, project.directory, free));
  return reading;
}

Exit add_found_images(const Project& project, const manifest::Desired& desired, const inventory::Inventory& inventory,
                      catalog::CatalogReading& reading, Pins pins, Context& context) {
  const auto leaving = plan::versions_to_leave(desired, inventory);
  if (leaving.empty()) return Exit::ok;
  const catalog::Catalog surveyed = catalog::survey(project.desired.catalog, project.directory).catalog;
  const auto is_there = [&](const std::string& name) { return reading.catalog.find(name) != nullptr; };

  std::vector<std::string> ahead = catalog::names_for(surveyed, plan::versions_on_ways(desired, inventory));
  std::erase_if(ahead, is_there);
  auto ways = read_images(project, ahead, context, pins);
  if (!ways) return ways.error();
  append(reading, std::move(*ways));

  std::vector<std::string> behind = plan::declared_images_of(desired, inventory);
  std::ranges::move(catalog::names_for(surveyed, leaving), std::back_inserter(behind));
  std::erase_if(behind, is_there);
  auto back = read_images(project, behind, context, Pins::where_given);
  if (!back) return back.error();
  back->problems.clear();
  append(reading, std::move(*back));
  return Exit::ok;
}

OrExit<catalog::CatalogReading> whole_catalog(const Project& project, Context& context) {
  auto reading = catalog::survey(project.desired.catalog, project.directory);
  std::vector<std::string> elsewhere;
  for (std::string& name : manifest::images_of(project.desired)) {
    const bool unusable =
        std::ranges::find(reading.problems, name, &catalog::CatalogProblem::image) != reading.problems.end();
    if (!unusable && reading.catalog.find(name) == nullptr) elsewhere.push_back(std::move(name));
  }
  auto more = read_images(project, elsewhere, context);
  if (!more) return leave(more.error());
  append(reading, std::move(*more));
  return reading;
}

Diagnostic image_diagnostic(const Project& project, const catalog::CatalogProblem& problem) {
  Diagnostic diagnostic = to_diagnostic(problem.error, problem.image);
  if (const manifest::Text* place = place_of(project.desired, problem.image)) {
    diagnostic.primary = Label{place->span, "named here"};
  }
  return diagnostic;
}

}  // namespace firmform::cli

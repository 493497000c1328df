// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/versions.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "engine/catalog/match.h"

namespace firmform::catalog {
namespace {

using version::Ordering;
using version::Scheme;

bool brings(const CatalogImage& image, const VersionWanted& wanted) {
  if (!image.package || !applies_to(*image.package, *wanted.component)) return false;
  return brings_version(version_for(*image.package, *wanted.component), wanted.version, wanted.scheme);
}

/// The order of preference: what needs no other help than the BMC's, and of those the first name.
std::tuple<bool, std::string_view> rank(const CatalogImage* image) {
  return {!image->package->updatable_by_bmc, image->name};
}

/// Fleets ask for the same few things again and again; what decides the answer is this much of a component.
using Question = std::tuple<std::string, std::vector<std::string>, std::string, Scheme>;

Question question_of(const VersionWanted& wanted) {
  return {wanted.component->device_class, wanted.component->targets, std::string(wanted.version), wanted.scheme};
}

}  // namespace

bool brings_version(std::string_view claimed, std::string_view wanted, Scheme scheme) {
  const Ordering whole = version::compare(claimed, wanted, scheme);
  if (whole != Ordering::incomparable) return whole == Ordering::equal;
  const std::size_t underscore = claimed.find('_');
  if (underscore == std::string_view::npos) return false;
  return version::satisfies(claimed.substr(0, underscore), wanted, scheme);
}

std::vector<const CatalogImage*> find_versions(const Catalog& catalog, const VersionWanted& wanted) {
  std::vector<const CatalogImage*> found;
  for (const CatalogImage* image : catalog.images()) {
    if (brings(*image, wanted)) found.push_back(image);
  }
  std::ranges::sort(found, {}, rank);
  return found;
}

const CatalogImage* find_version(const Catalog& catalog, const inventory::Component& component,
                                 std::string_view version, Scheme scheme) {
  const auto found = find_versions(catalog, {.component = &component, .version = version, .scheme = scheme});
  return found.empty() ? nullptr : found.front();
}

std::vector<std::string> names_for(const Catalog& surveyed, const std::vector<VersionWanted>& wanted) {
  std::set<std::string> names;
  std::set<Question> asked;
  for (const VersionWanted& each : wanted) {
    if (!asked.insert(question_of(each)).second) continue;
    const auto found = find_versions(surveyed, each);
    if (!found.empty()) names.insert(found.front()->name);
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> names_for(const std::vector<manifest::CatalogSource>& sources,
                                   const std::filesystem::path& directory, const std::vector<VersionWanted>& wanted) {
  if (wanted.empty()) return {};
  return names_for(survey(sources, directory).catalog, wanted);
}

}  // namespace firmform::catalog

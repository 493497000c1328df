// SPDX-License-Identifier: Apache-2.0
// From a version to the image that brings it: for versions on the way to another and on the way back, which nobody
// names a file for. Only packages can be found so; a raw image says nothing of itself.
//
// A caller that reads files asks `names_for` which files to add to `read_catalog`'s `wanted`, and then `find_version`
// of the Catalog that was read.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/catalog/catalog.h"
#include "engine/inventory/snapshot.h"
#include "engine/manifest/manifest.h"
#include "engine/version/version.h"

namespace firmform::catalog {

/// A version that is asked for, and the component as it was seen on a host. Views must outlive the call.
struct VersionWanted {
  const inventory::Component* component = nullptr;
  std::string_view version;
  version::Scheme scheme = version::Scheme::automatic;
};

/// Whether the version that a package claims is `wanted`; packages put dates behind an underscore ("2.34_04-08-2020").
/// Where both name a date it must agree.
[[nodiscard]] bool brings_version(std::string_view claimed, std::string_view wanted, version::Scheme scheme);

/// All images of `catalog` whose packages are made for the component and bring exactly that version, the best first:
/// those that the BMC installs by itself before others, then in order of names. An unknown version finds nothing.
/// Pure.
[[nodiscard]] std::vector<const CatalogImage*> find_versions(const Catalog& catalog, const VersionWanted& wanted);

/// The best of them; null when there is none.
[[nodiscard]] const CatalogImage* find_version(const Catalog& catalog, const inventory::Component& component,
                                               std::string_view version,
                                               version::Scheme scheme = version::Scheme::automatic);

/// Names of the images that `find_version` finds in `surveyed` (of `survey`), sorted, each once. A version that no
/// package brings adds nothing. Pure.
[[nodiscard]] std::vector<std::string> names_for(const Catalog& surveyed, const std::vector<VersionWanted>& wanted);

/// The same from the directories of `sources`, without digests; files that cannot be read are passed over, because
/// whoever wants one by its name is told by `read_catalog`. Reads no file when `wanted` is empty.
[[nodiscard]] std::vector<std::string> names_for(const std::vector<manifest::CatalogSource>& sources,
                                                 const std::filesystem::path& directory,
                                                 const std::vector<VersionWanted>& wanted);

}  // namespace firmform::catalog

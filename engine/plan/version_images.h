// SPDX-License-Identifier: Apache-2.0
// From a version that a component had, or may have again, to the images that bring it: those that the manifest names in
// whatever baseline, and what packages say of themselves. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/catalog/catalog.h"
#include "engine/inventory/snapshot.h"
#include "engine/manifest/desired.h"

namespace firmform::plan {

/// What holds an image of one version of a component.
struct VersionImage {
  const catalog::CatalogImage* image = nullptr;
  /// By which it was found; null: by what the package says of itself.
  const manifest::FirmwareEntry* entry = nullptr;
  const manifest::ViaStep* step = nullptr;  ///< of that entry, when it is a version on the way
};

/// Remembers what it was asked: fleets ask for the same few versions again and again.
class VersionImages {
 public:
  /// Both must outlive it, unchanged.
  VersionImages(const manifest::Desired& desired, const catalog::Catalog& catalog);

  /// The catalog's images of `version`: those that entries name for the component come first, and of these the ones of
  /// baselines that the host may get. An image whose bytes are not those that the entry pins is left out.
  [[nodiscard]] std::vector<VersionImage> find(const inventory::HostSnapshot& host,
                                               const inventory::Component& component, const std::string& version);

  /// Names of the images that entries name for that version of the component, in the catalog or not; sorted, each once.
  [[nodiscard]] std::vector<std::string> names(const inventory::HostSnapshot& host,
                                               const inventory::Component& component, const std::string& version);

 private:
  /// An image that the manifest names for a version.
  struct Named {
    const manifest::Baseline* baseline = nullptr;
    const manifest::FirmwareEntry* entry = nullptr;
    const manifest::ViaStep* step = nullptr;
    const manifest::Text* image = nullptr;
    const manifest::Text* sha256 = nullptr;
  };
  static void add_named(const manifest::Baseline& baseline, const inventory::Component& component,
                        const std::string& version, std::vector<Named>& all);
  const std::vector<Named>& named_anywhere(const inventory::Component& component, const std::string& version);
  std::vector<Named> named_for(const inventory::HostSnapshot& host, const inventory::Component& component,
                               const std::string& version);
  const std::vector<const catalog::CatalogImage*>& packages(const inventory::Component& component,
                                                            const std::string& version);

  const manifest::Desired& desired_;
  const catalog::Catalog& catalog_;
  std::set<const manifest::Baseline*> shared_;  ///< baselines of the manifest
  /// By version and version scheme of the component, whatever component it is.
  std::map<std::pair<std::string, std::string>, std::vector<Named>> named_;
  /// By what packages are matched by: version, scheme, device class and targets.
  std::map<std::tuple<std::string, std::string, std::string, std::vector<std::string>>,
           std::vector<const catalog::CatalogImage*>>
      packages_;
};

}  // namespace firmform::plan

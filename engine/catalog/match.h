// SPDX-License-Identifier: Apache-2.0
// Which components of a host an image is made for: by device class, target GUID and ROM family, never by its file name.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/catalog/catalog.h"
#include "engine/inventory/snapshot.h"

namespace firmform::catalog {

/// How a package stands to a component.
enum class Fit {
  fits,
  other_class,       ///< both name a device class, and they differ
  other_target,      ///< no target of the package is the component's
  other_rom_family,  ///< a target is shared (the platform), and the ROM families that both name are not
};

[[nodiscard]] Fit fit_of(const PackageMetadata& package, const inventory::Component& component);
[[nodiscard]] bool applies_to(const PackageMetadata& package, const inventory::Component& component);

/// The version that the package holds for this component; empty when it does not say.
[[nodiscard]] std::string version_for(const PackageMetadata& package, const inventory::Component& component);

/// The active components that the image is made for, in order of their addresses. Identical devices come once each.
/// Empty for an image without metadata.
[[nodiscard]] std::vector<const inventory::Component*> applicable(const CatalogImage& image,
                                                                  const inventory::HostSnapshot& host);

/// Why an image is for none of the host's components: one sentence each, the most telling first. Empty when it is for
/// some.
[[nodiscard]] std::vector<std::string> why_not_applicable(const CatalogImage& image,
                                                          const inventory::HostSnapshot& host);

/// Two images for one component: only one of them can be meant.
struct Rivalry {
  const inventory::Component* component = nullptr;
  std::vector<const CatalogImage*> images;  ///< in order of names; two at least
};
[[nodiscard]] std::vector<Rivalry> rivalries(const std::vector<const CatalogImage*>& images,
                                             const inventory::HostSnapshot& host);

}  // namespace firmform::catalog

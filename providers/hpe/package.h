// SPDX-License-Identifier: Apache-2.0
// What an HPE firmware package means for a component: who flashes it, whether it fits (ilo.md 3.3, 11.3). Pure.
#pragma once

#include <optional>
#include <string>

#include "engine/catalog/catalog.h"
#include "engine/inventory/snapshot.h"

namespace firmform::hpe {

enum class PackageType {
  a,  ///< the iLO flashes it; active at once
  b,  ///< the iLO flashes it; active after a restart of the host
  c,  ///< UEFI flashes it during POST
  d,  ///< an agent in the operating system flashes it
};

[[nodiscard]] PackageType type_of(const catalog::PackageMetadata& package, const inventory::Component& component);

/// Whether the package's spelling ("2.34_04-08-2020") names the version that is asked for.
[[nodiscard]] bool same_version(std::string_view in_package, std::string_view wanted);

}  // namespace firmform::hpe

// SPDX-License-Identifier: Apache-2.0
// Which images of a catalog are still of use, and for what: as a target of the manifest, as the way back from it, or
// for a BMC's own sets. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/catalog/catalog.h"
#include "engine/inventory/snapshot.h"
#include "engine/manifest/desired.h"

namespace firmform::plan {

struct ImageUse {
  const catalog::CatalogImage* image = nullptr;
  std::vector<std::string> needed_for;  ///< each once, sorted; empty: nothing needs it
};

/// All images of `catalog` in order of names. `declared` is the manifest as written, so that what is given to no host
/// counts too; what hosts of `inventory` that could not be read need is not known.
[[nodiscard]] std::vector<ImageUse> uses_of(const manifest::Manifest& declared, const manifest::Desired& desired,
                                            const inventory::Inventory& inventory, const catalog::Catalog& catalog);

}  // namespace firmform::plan

// SPDX-License-Identifier: Apache-2.0
// The catalog of a project as firmform.lock pins it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/catalog.h"
#include "engine/cli/project.h"

namespace firmform::cli {

/// The lock of the project; absent when it has none. A damaged one is printed.
[[nodiscard]] OrExit<std::optional<catalog::Lock>> open_lock(const Project& project, Context& context);

enum class Pins {
  required,     ///< where there is a lock, each image must be in it
  where_given,  ///< images that are not in the lock are taken as they are: a person names them, not the manifest
};

/// Finds, digests and checks these images. Problems of single images are in the reading.
[[nodiscard]] OrExit<catalog::CatalogReading> read_images(const Project& project, const std::vector<std::string>& names,
                                                          Context& context, Pins pins = Pins::required);

/// Adds the images that nobody names and that components which would change may need: packages for versions on their
/// way, under `pins`, and whatever leads back to what is installed now, so that a plan can tell. Looks into the
/// catalog's directories only when there are such components; what leads back and cannot be used is left out.
[[nodiscard]] Exit add_found_images(const Project& project, const manifest::Desired& desired,
                                    const inventory::Inventory& inventory, catalog::CatalogReading& reading, Pins pins,
                                    Context& context);

/// Everything that the catalog's directories hold, without digests, and what the manifest wants from mirrors.
[[nodiscard]] OrExit<catalog::CatalogReading> whole_catalog(const Project& project, Context& context);

/// The problem as a diagnostic that points to the line of the manifest which names the image.
[[nodiscard]] Diagnostic image_diagnostic(const Project& project, const catalog::CatalogProblem& problem);

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
// Going back to what was there before a run: a desired state like any other, made of the run's own plan and of what is
// there now. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/catalog/versions.h"
#include "engine/inventory/snapshot.h"
#include "engine/manifest/desired.h"
#include "engine/plan/plan.h"

namespace firmform::plan {

/// A component that the run changed, and that is still as the run left it.
struct Undo {
  std::string host;
  std::string address;
  std::string name;
  std::string installed;
  std::string before;  ///< version that it had, exactly as it was read
};

/// A component that the run changed, and that is not brought back.
struct NotUndone {
  std::string host;
  std::string address;  ///< empty: the whole host
  Error error;
};

struct Undoing {
  std::vector<Undo> undos;
  std::vector<NotUndone> refused;
  /// What is neither brought back nor wrong: "web-01/SystemBMC is at 3.12 by now, which the run did not install".
  std::vector<std::string> settled;
};

/// What the run changed on hosts of `inventory`. `sent` are the actions of the run's plan that it began with. A host
/// that could not be read, and one that is another machine by now, is refused as a whole.
[[nodiscard]] Undoing find_undos(const Plan& run, const std::set<ActionId>& sent,
                                 const inventory::Inventory& inventory);

/// The versions that these need images of. Views into both arguments.
[[nodiscard]] std::vector<catalog::VersionWanted> versions_to_restore(const std::vector<Undo>& undos,
                                                                      const inventory::Inventory& inventory);

/// File names of the images by which the manifest brings these versions: of whatever baseline, steps included. Sorted.
[[nodiscard]] std::vector<std::string> declared_images_of(const std::vector<Undo>& undos,
                                                          const manifest::Desired& desired,
                                                          const inventory::Inventory& inventory);

/// `desired` for these hosts alone, with nothing wanted but the versions before. Going down is permitted for exactly
/// these components; what they need and must not be beside stays in force. Undos without an image in the catalog, and
/// hosts that the manifest does not have any more, are moved to `undoing.refused`.
[[nodiscard]] manifest::Desired desired_before(const manifest::Desired& desired, const catalog::Catalog& catalog,
                                               const inventory::Inventory& inventory, Undoing& undoing);

}  // namespace firmform::plan

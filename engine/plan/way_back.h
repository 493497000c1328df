// SPDX-License-Identifier: Apache-2.0
// Whether a change of firmware can be undone, told before anything is sent: is an image of the installed version at
// hand, would the BMC and the device take it, does the manifest permit it. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/catalog/versions.h"
#include "engine/plan/draft.h"
#include "engine/plan/version_images.h"

namespace firmform::plan {

/// The way back from `draft`'s wanted version to the one that is installed now. `draft` is of firmware and has an entry
/// and a component.
[[nodiscard]] WayBack way_back_of(const Scope& scope, const HostDraft& host, const ChangeDraft& draft);

/// Sets Change::way_back of all wanted firmware changes of the host, and gives a reason (way_back_missing) where
/// there is none; of a one-way door that is a warning.
void note_ways_back(const Scope& scope, HostDraft& host);

/// The installed versions that a plan may replace, for `catalog::names_for`; none for a fleet that is as it shall be.
/// Views into `inventory`.
[[nodiscard]] std::vector<catalog::VersionWanted> versions_to_leave(const manifest::Desired& desired,
                                                                    const inventory::Inventory& inventory);

/// The versions that ways to the wanted ones lead through and that no image is named for, of components that a plan may
/// change: packages of the catalog bring them. Views into both arguments.
[[nodiscard]] std::vector<catalog::VersionWanted> versions_on_ways(const manifest::Desired& desired,
                                                                   const inventory::Inventory& inventory);

/// Names of the images by which entries of any baseline bring these versions; sorted, each once.
[[nodiscard]] std::vector<std::string> declared_images_of(const manifest::Desired& desired,
                                                          const inventory::Inventory& inventory);

}  // namespace firmform::plan

// SPDX-License-Identifier: Apache-2.0
// The versions that lie between the installed and the wanted one, their images, and which image goes over which
// version directly.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/draft.h"
#include "engine/version/version.h"

namespace firmform::plan {

/// Under which versions of the component are compared.
[[nodiscard]] version::Scheme scheme_of(const manifest::FirmwareEntry& entry, const inventory::Component& component);

/// Finds ChangeDraft::stops: for upgrades the `via` of the entry, oldest first, for downgrades the other way round.
/// What is wrong with their images. Expects that the image of the wanted version was looked for.
[[nodiscard]] std::vector<Finding> find_stops(const Scope& scope, const HostDraft& host, ChangeDraft& draft);

/// Version at a place of the way: 0 is what is installed, then come the stops, and the last one is what is wanted.
[[nodiscard]] const std::string& version_at(const ChangeDraft& draft, std::size_t place);

/// What asks for the version at a place of the way, and its image; the place is not 0.
[[nodiscard]] const manifest::FirmwareEntry& entry_at(const ChangeDraft& draft, std::size_t place);
[[nodiscard]] const catalog::CatalogImage& image_at(const ChangeDraft& draft, std::size_t place);

/// No stop may be left out: the entry does not say what its image goes over.
[[nodiscard]] bool must_pass_stops(const ChangeDraft& draft);

/// The image of the version at `to` goes over the version at `from` directly: by `from:` of the manifest, by what the
/// package says, and by what the device runs at all. Versions that cannot be compared fit no bound of the manifest.
[[nodiscard]] bool goes_over(const ChangeDraft& draft, std::size_t from, std::size_t to);

/// Places of the way in order, the installed one left out: the stops on the route, then what is wanted.
[[nodiscard]] std::vector<std::size_t> places_of_route(const ChangeDraft& draft);

}  // namespace firmform::plan

// SPDX-License-Identifier: Apache-2.0
// Which components of a host a manifest means.
#pragma once

#include <optional>
#include <vector>

#include "engine/inventory/snapshot.h"
#include "engine/manifest/manifest.h"
#include "engine/plan/finding.h"

namespace firmform::plan {

struct Selection {
  std::vector<const inventory::Component*> components;  ///< sorted by address; empty when there is a problem
  std::optional<Finding> problem;
};

/// Active components that fit all given parts of `selector`, sorted by address. The exact address wins over
/// the exact Name, Description or Id, and these win over a glob. GUIDs compare without regard to case.
[[nodiscard]] std::vector<const inventory::Component*> matching(const manifest::Selector& selector,
                                                                const inventory::HostSnapshot& host);

/// As above, with component_not_found and component_ambiguous as problems that list the candidates.
[[nodiscard]] Selection select(const manifest::FirmwareEntry& entry, const inventory::HostSnapshot& host);

}  // namespace firmform::plan

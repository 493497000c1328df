// SPDX-License-Identifier: Apache-2.0
// Changes that go through the iLO's installation queue: packages that UEFI or an agent installs, and work that has an
// appointment (ilo.md 8, 11.3). Pure.
#pragma once

#include "providers/provider.h"

namespace firmform::hpe {

/// Image into the repository, entry into the queue, removal of the entry afterwards.
[[nodiscard]] std::variant<Recipe, Impossible> plan_queued(const ChangeRequest& request);

}  // namespace firmform::hpe

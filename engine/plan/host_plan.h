// SPDX-License-Identifier: Apache-2.0
// All changes of one host: firmware, and what the BMC keeps beside it.
#pragma once

#include "engine/plan/draft.h"

namespace firmform::plan {

[[nodiscard]] HostDraft plan_host(const Scope& scope, const manifest::DesiredHost& desired,
                                  const inventory::HostSnapshot& snapshot);

}  // namespace firmform::plan

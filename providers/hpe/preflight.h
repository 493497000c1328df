// SPDX-License-Identifier: Apache-2.0
// What keeps an iLO's host from being changed at all, and the ways out of a flash that was cut off. Pure.
#pragma once

#include <vector>

#include "providers/provider.h"

namespace firmform::hpe {

[[nodiscard]] std::vector<plan::Reason> preflight(const inventory::HostSnapshot& host);
[[nodiscard]] std::vector<RecoveryWay> recovery(const inventory::HostSnapshot& host);

}  // namespace firmform::hpe

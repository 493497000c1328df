// SPDX-License-Identifier: Apache-2.0
// The restart that activates what is staged on an iLO's host: a reset, or an AC power cycle for programmable logic
// (ilo.md 11.5, 13.1). Pure.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "providers/provider.h"

namespace firmform::hpe {

[[nodiscard]] std::variant<plan::Action, Impossible> plan_reset(const inventory::HostSnapshot& host,
                                                                const std::vector<std::string>& components);

/// Its power failed in a flash, and it is off: the iLO flashes it as it is, and switching it on is what activates the
/// image.
[[nodiscard]] bool waits_for_repair(const inventory::HostSnapshot& host);

}  // namespace firmform::hpe

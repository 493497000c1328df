// SPDX-License-Identifier: Apache-2.0
// The iLO's check of the firmware that it and the host run (ilo.md 12.3): started, and followed until its time of the
// last scan has moved, for nothing else tells that it is over. Pure.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "providers/provider.h"

namespace firmform::hpe {

[[nodiscard]] std::optional<IntegrityState> integrity_state(const inventory::HostSnapshot& host);

[[nodiscard]] std::variant<std::vector<plan::Action>, Impossible> plan_integrity_check(
    const inventory::HostSnapshot& host);

/// Whether the action is such a check.
[[nodiscard]] bool checks_integrity(const plan::Action& action);

/// What the UpdateService says of a check that was accepted.
[[nodiscard]] Progress progress_of_check(const plan::Action& action, const json::Value& update_service);

/// What the host shows of a check that may have been asked for.
[[nodiscard]] Probe weigh_check(const plan::Action& action, const inventory::HostSnapshot& host);

}  // namespace firmform::hpe

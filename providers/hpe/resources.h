// SPDX-License-Identifier: Apache-2.0
// Writes on what an iLO keeps: exact requests with what must hold before and after them (ilo.md 4, 8, 9, 10). Pure.
#pragma once

#include <variant>
#include <vector>

#include "providers/hpe/delivery.h"

namespace firmform::hpe {

using Actions = std::variant<std::vector<plan::Action>, Impossible>;

[[nodiscard]] Actions plan_resource(const ResourceRequest& request);

/// The actions that put the image into the repository: one, or one for each of its sections.
[[nodiscard]] Actions store(const Handover& handover);
/// The action that puts `entry` into the queue; it must be complete: name, file, updaters.
[[nodiscard]] plan::Action enqueue(const inventory::HostSnapshot& host, const manifest::Policies& policies,
                                   const inventory::QueueEntry& entry);
/// The removal of an entry, whether it is there already or only planned.
[[nodiscard]] plan::Action dequeue(const inventory::HostSnapshot& host, const inventory::QueueEntry& entry);

/// Two seconds of work: a write that the iLO answers at once.
inline constexpr Duration kQuick = std::chrono::seconds(2);
inline constexpr Duration kQuickDeadline = std::chrono::minutes(2);

}  // namespace firmform::hpe

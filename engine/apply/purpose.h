// SPDX-License-Identifier: Apache-2.0
// What a write is for. A step whose purpose is fulfilled is left out, whoever fulfilled it. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "engine/inventory/snapshot.h"
#include "engine/plan/plan.h"

namespace firmform::apply {

/// The first condition that does not hold, in words.
[[nodiscard]] std::optional<std::string> first_broken(const std::vector<plan::Condition>& conditions,
                                                      const inventory::HostSnapshot& snapshot);

/// Whether what `id` is for is there already: the versions that it or a later action brings its components to, or the
/// resource that it makes, changes or removes. `actions` are those of its host, in order.
[[nodiscard]] bool is_fulfilled(const plan::Plan& plan, std::span<const plan::ActionId> actions, plan::ActionId id,
                                const inventory::HostSnapshot& snapshot);

}  // namespace firmform::apply

// SPDX-License-Identifier: Apache-2.0
// One change of a component of an iLO's host: flashed at once, or through the installation queue. Pure.
#pragma once

#include <variant>

#include "providers/provider.h"

namespace firmform::hpe {

[[nodiscard]] std::variant<Recipe, Impossible> plan_update(const ChangeRequest& request);

}  // namespace firmform::hpe

// SPDX-License-Identifier: Apache-2.0
// The way of an image into an iLO: pulled by SimpleUpdate or pushed to its upload form (ilo.md 6 and 7). Pure.
#pragma once

#include <string>
#include <variant>

#include "providers/provider.h"

namespace firmform::hpe {

[[nodiscard]] std::variant<Recipe, Impossible> plan_update(const ChangeRequest& request);

}  // namespace firmform::hpe

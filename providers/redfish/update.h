// SPDX-License-Identifier: Apache-2.0
// The way of an image into a standard BMC: which path, which request, what has to restart. Pure.
#pragma once

#include <variant>

#include "providers/provider.h"
#include "providers/redfish/quirks.h"

namespace firmform::redfish {

[[nodiscard]] std::variant<Recipe, Impossible> plan_update(const ChangeRequest& request, const Dialect& dialect);

}  // namespace firmform::redfish

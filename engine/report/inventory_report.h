// SPDX-License-Identifier: Apache-2.0
// What was read from the hosts, for people and for programs.
#pragma once

#include <string>

#include "engine/inventory/snapshot.h"
#include "engine/json/value.h"
#include "engine/report/style.h"

namespace firmform::report {

/// One line per host, then the components of each.
[[nodiscard]] std::string inventory_text(const inventory::Inventory& inventory, const Style& style);

/// schemas/inventory.v1.schema.json describes it. Versions and names are verbatim.
[[nodiscard]] json::Value inventory_json(const inventory::Inventory& inventory);

}  // namespace firmform::report

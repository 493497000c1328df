// SPDX-License-Identifier: Apache-2.0
// What BMCs keep, for programs. Names and times are verbatim; what is not set is null. Pure.
#pragma once

#include "engine/inventory/snapshot.h"
#include "engine/json/value.h"

namespace firmform::cli {

[[nodiscard]] json::Value to_json(const inventory::StoredImage& image);
[[nodiscard]] json::Value to_json(const inventory::QueueEntry& entry);
[[nodiscard]] json::Value to_json(const inventory::Window& window);
[[nodiscard]] json::Value to_json(const inventory::InstallSet& set);

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
// What a BMC keeps beside its firmware, made and removed as the conditions of a plan describe it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "engine/inventory/staging.h"

namespace firmform::simulate {

/// Makes or replaces the resource at `address`, so that inventory::content_at() gives `content`. False where the
/// content is not one that can be taken apart. `window_id` is what the BMC gives to a new window; empty: its name.
[[nodiscard]] bool put(inventory::Staging& staging, std::string_view address, std::string_view content,
                       std::string window_id = {});

void remove(inventory::Staging& staging, std::string_view address);

}  // namespace firmform::simulate

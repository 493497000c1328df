// SPDX-License-Identifier: Apache-2.0
// payload.json: what a firmware package says of itself. Its keys come in several spellings
// (DirectFlashOk, DirectFlashOK), so their case does not count.
#pragma once

#include <string_view>

#include "engine/base/result.h"
#include "engine/catalog/catalog.h"

namespace firmform::catalog {

/// Fails with package_malformed, saying what is missing.
[[nodiscard]] Result<PackageMetadata> parse_payload(std::string_view text);

}  // namespace firmform::catalog

// SPDX-License-Identifier: Apache-2.0
// Base64 for Basic authentication.
#pragma once

#include <string>
#include <string_view>

namespace firmform::simulators {

/// Empty when `text` is no Base64.
[[nodiscard]] std::string base64_decoded(std::string_view text);

}  // namespace firmform::simulators

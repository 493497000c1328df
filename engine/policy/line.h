// SPDX-License-Identifier: Apache-2.0
// Texts of programs as they may be kept and shown.
#pragma once

#include <string>
#include <string_view>

namespace firmform::policy {

/// `text` without white space around it and without control characters, cut where nobody would read on.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace firmform::policy

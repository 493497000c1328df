// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace firmform::cli {

/// The program's version, from CMakeLists.txt.
inline constexpr std::string_view kVersion = FIRMFORM_VERSION;

}  // namespace firmform::cli

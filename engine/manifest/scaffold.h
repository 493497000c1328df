// SPDX-License-Identifier: Apache-2.0
// The manifest that `firmform init` starts a user with.
#pragma once

#include <string>
#include <string_view>

namespace firmform::manifest {

/// A commented manifest of one host, which is valid as it stands. `schema`: where editors find the JSON
/// Schema, a path or URL.
[[nodiscard]] std::string scaffold(std::string_view schema);

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
// The way to one value in a file of secrets: "ilo.password", or `"10.0.0.1".password` where a key has a dot.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firmform::manifest {

/// Keys of maps, from the outside in. Empty for a malformed path: no part may be empty, and a part with a dot, a blank
/// or a bracket stands in double quotes (which no key may hold).
[[nodiscard]] std::optional<std::vector<std::string>> parse_key_path(std::string_view text);

}  // namespace firmform::manifest

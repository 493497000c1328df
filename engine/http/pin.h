// SPDX-License-Identifier: Apache-2.0
// Pins of public keys, as people write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace firmform::http {

/// The SHA-256 of a public key (SPKI, DER) as base64. Accepts 64 hexadecimal digits with or without colons,
/// base64 with or without padding, and a leading "sha256//" or "sha256:". Empty when it is none of them.
[[nodiscard]] std::optional<std::string> normalize_pin(std::string_view text);

[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace firmform::http

// SPDX-License-Identifier: Apache-2.0
// How receivers know that an event comes from who has the key.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/secret.h"

namespace firmform::notify {

/// "sha256=" and 64 lower-case hexadecimal digits: HMAC-SHA256 (RFC 2104) over exactly these bytes.
[[nodiscard]] std::string signature_of(std::string_view body, const Secret& key);

}  // namespace firmform::notify

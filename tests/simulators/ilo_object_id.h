// SPDX-License-Identifier: Apache-2.0
// Ids of an iLO's own resources: components, queue entries, windows, install sets. Reference: ilo.md 4.4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace firmform::simulators {

/// MurmurHash3_x86_32 with seed 0 of the bytes of `key`.
[[nodiscard]] std::uint32_t ilo_hash(std::string_view key);
/// The hash byte by byte, the least significant first, in lower case: "a74b22b6" of "System Recovery Set".
[[nodiscard]] std::string ilo_object_id(std::string_view key);

}  // namespace firmform::simulators

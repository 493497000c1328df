// SPDX-License-Identifier: Apache-2.0
// The Id that an iLO gives to what has a name: stored images by their file, queue entries, windows and install sets by
// their name. Known before the object exists, and the same on every iLO (ilo.md 4.4). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace firmform::hpe {

/// MurmurHash3_x86_32 with seed 0.
[[nodiscard]] std::uint32_t murmur3(std::string_view bytes);

/// Eight lower-case hexadecimal digits, the lowest byte of the hash first.
[[nodiscard]] std::string object_id(std::string_view name);

/// URI of the member of that name in the collection at `collection_uri`.
[[nodiscard]] std::string member_uri(std::string_view collection_uri, std::string_view name);

}  // namespace firmform::hpe

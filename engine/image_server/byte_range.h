// SPDX-License-Identifier: Apache-2.0
// The Range header of RFC 9110, section 14: one range of bytes. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace firmform::image_server {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  bool operator==(const ByteRange&) const = default;
};

/// The range lies behind the end: 416.
struct Unsatisfiable {
  bool operator==(const Unsatisfiable&) const = default;
};
/// No range, several, or one that cannot be read: the whole is answered, as the RFC allows.
struct Whole {
  bool operator==(const Whole&) const = default;
};

[[nodiscard]] std::variant<Whole, ByteRange, Unsatisfiable> parse_range(std::string_view header, std::uint64_t size);

}  // namespace firmform::image_server

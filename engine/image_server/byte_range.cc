// SPDX-License-Identifier: Apache-2.0
#include "engine/image_server/byte_range.h"

#include <algorithm>
#include <charconv>

#include "engine/base/text.h"

namespace firmform::image_server {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::variant<Whole, ByteRange, Unsatisfiable> last_bytes(std::string_view text, std::uint64_t size) {
  const auto count = parse_number(text);
  if (!count) return Whole();
  if (*count == 0 || size == 0) return Unsatisfiable();
  const std::uint64_t length = std::min(*count, size);
  return ByteRange{size - length, length};
}

}  // namespace

std::variant<Whole, ByteRange, Unsatisfiable> parse_range(std::string_view header, std::uint64_t size) {
  const std::size_t equals = header.find('=');
  if (equals == std::string_view::npos || !equals_ignoring_case(trim(header.substr(0, equals)), "bytes"))
    return Whole();
  const std::string_view range = trim(header.substr(equals + 1));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return Whole();
  if (dash == 0) return last_bytes(range.substr(1), size);
  const auto first = parse_number(range.substr(0, dash));
  if (!first) return Whole();
  const std::string_view end = range.substr(dash + 1);
  const auto last = end.empty() ? std::optional(UINT64_MAX) : parse_number(end);
  if (!last || *last < *first) return Whole();
  if (*first >= size) return Unsatisfiable();
  return ByteRange{*first, std::min(*last, size - 1) - *first + 1};
}

}  // namespace firmform::image_server

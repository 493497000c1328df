// SPDX-License-Identifier: Apache-2.0
#include "engine/report/display_width.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "engine/base/text.h"
#include "engine/report/display_width_table.h"

namespace firmform::report {
namespace {

bool is_in(std::span<const CodePoints> table, char32_t point) {
  const auto after = std::ranges::upper_bound(table, point, {}, &CodePoints::first);
  return after != table.begin() && point <= std::prev(after)->last;
}

/// Of a well-formed sequence.
char32_t code_point(std::string_view sequence) {
  constexpr unsigned char kLeadBits[] = {0x7F, 0x1F, 0x0F, 0x07};
  constexpr unsigned char kContinuationBits = 0x3F;
  char32_t point = static_cast<unsigned char>(sequence.front()) & kLeadBits[sequence.size() - 1];
  for (const char byte : sequence.substr(1))
    point = (point << 6U) | (static_cast<unsigned char>(byte) & kContinuationBits);
  return point;
}

struct Character {
  std::size_t bytes = 1;
  std::size_t columns = 1;
};

Character first_of(std::string_view text) {
  const std::size_t length = utf8_sequence_length(text);
  if (length <= 1) return {};
  const char32_t point = code_point(text.substr(0, length));
  if (is_in(kNoColumn, point)) return {length, 0};
  return {length, is_in(kTwoColumns, point) ? std::size_t{2} : std::size_t{1}};
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character first = first_of(text);
    columns += first.columns;
    text.remove_prefix(first.bytes);
  }
  return columns;
}

std::string_view first_columns(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  std::size_t taken = 0;
  while (bytes < text.size()) {
    const Character next = first_of(text.substr(bytes));
    if (taken + next.columns > columns) break;
    taken += next.columns;
    bytes += next.bytes;
  }
  return text.substr(0, bytes);
}

std::string fitted(std::string_view text, std::size_t columns, bool unicode) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::string cut(first_columns(text, columns - 1));
  while (cut.ends_with(' ')) cut.pop_back();
  return cut + (unicode ? "…" : "~");
}

std::string padded(std::string_view text, std::size_t columns, bool unicode) {
  std::string result = fitted(text, columns, unicode);
  result.append(columns - display_width(result), ' ');
  return result;
}

}  // namespace firmform::report

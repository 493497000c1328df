// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/key_path.h"

#include <algorithm>

namespace firmform::manifest {
namespace {

constexpr std::size_t kLongest = 1024;
constexpr std::string_view kOnlyInQuotes = "\"[] \t";

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7F; });
}

/// Takes the first part off `rest`, which is left at the dot behind it.
std::optional<std::string> take_part(std::string_view& rest) {
  const bool quoted = rest.starts_with('"');
  if (quoted) rest.remove_prefix(1);
  const std::size_t end = rest.find(quoted ? '"' : '.');
  if (quoted && end == std::string_view::npos) return std::nullopt;
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(part.size() + (quoted ? 1 : 0));
  const bool plain = part.find_first_of(kOnlyInQuotes) == std::string_view::npos;
  return !part.empty() && (quoted || plain) ? std::optional<std::string>(part) : std::nullopt;
}

}  // namespace

std::optional<std::vector<std::string>> parse_key_path(std::string_view text) {
  if (text.size() > kLongest || has_control(text)) return std::nullopt;
  std::vector<std::string> keys;
  for (;;) {
    auto part = take_part(text);
    if (!part) return std::nullopt;
    keys.push_back(std::move(*part));
    if (text.empty()) return keys;
    if (!text.starts_with('.')) return std::nullopt;
    text.remove_prefix(1);
  }
}

}  // namespace firmform::manifest

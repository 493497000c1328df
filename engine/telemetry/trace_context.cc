// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/trace_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "engine/base/text.h"

namespace firmform::telemetry {
namespace {

constexpr std::size_t kLength = 55;  ///< of version 00

bool is_lower_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::uint64_t number_of(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

bool is_state_value(std::string_view value) {
  constexpr std::size_t kLongest = 256;
  const auto allowed = [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; };
  return !value.empty() && value.size() <= kLongest && std::ranges::all_of(value, allowed);
}

bool is_state_key(std::string_view key) {
  constexpr std::size_t kLongest = 256;
  constexpr std::string_view kOthers = "_-*/@";
  const auto allowed = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || kOthers.find(c) != std::string_view::npos;
  };
  return !key.empty() && key.size() <= kLongest && std::ranges::all_of(key, allowed);
}

}  // namespace

std::string to_hex(TraceId id) {
  return fmt::format("{:016x}{:016x}", id.high, id.low);
}

std::string to_hex(SpanId id) {
  return fmt::format("{:016x}", id.value);
}

std::optional<TraceContext> parse_trace_parent(std::string_view text) {
  text = trim(text);
  if (text.size() < kLength) return std::nullopt;
  const std::string_view version = text.substr(0, 2);
  const std::string_view trace = text.substr(3, 32);
  const std::string_view parent = text.substr(36, 16);
  const std::string_view flags = text.substr(53, 2);
  const bool dashes = text[2] == '-' && text[35] == '-' && text[52] == '-';
  const bool digits = is_lower_hex(version) && is_lower_hex(trace) && is_lower_hex(parent) && is_lower_hex(flags);
  // A later version may have more behind another dash.
  const bool ends = text.size() == kLength || (version != "00" && text[kLength] == '-');
  if (!dashes || !digits || !ends || version == "ff") return std::nullopt;
  const TraceContext context{.trace = {number_of(trace.substr(0, 16)), number_of(trace.substr(16))},
                             .parent = {number_of(parent)},
                             .sampled = (number_of(flags) & 1U) != 0,
                             .state = {}};
  if (!context.trace.valid() || !context.parent.valid()) return std::nullopt;
  return context;
}

std::string checked_trace_state(std::string_view text) {
  constexpr std::size_t kMostEntries = 32;
  const std::vector<std::string> entries = split(text, ',');
  if (entries.size() > kMostEntries) return {};
  for (const std::string& entry : entries) {
    const std::string_view whole = trim(entry);
    if (whole.empty()) continue;
    const std::size_t sign = whole.find('=');
    const bool good =
        sign != std::string_view::npos && is_state_key(whole.substr(0, sign)) && is_state_value(whole.substr(sign + 1));
    if (!good) return {};
  }
  return std::string(trim(text));
}

}  // namespace firmform::telemetry

// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/naming.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/base/digest.h"
#include "engine/base/time_text.h"

namespace firmform::plan {
namespace {

constexpr std::string_view kPrefix = "firmform ";
constexpr std::size_t kDigits = 8;

std::string digits_of(std::string_view text) {
  return sha256_hex(text).substr(0, kDigits);
}

std::string cut(std::string text, std::size_t length) {
  if (text.size() > length) text.resize(length);
  return text;
}

}  // namespace

std::string queue_entry_name(std::string_view file, std::string_view sha256, std::vector<std::string> addresses) {
  std::ranges::sort(addresses);
  const std::string digits = digits_of(fmt::format("{}\n{}\n{}", file, sha256, fmt::join(addresses, "\n")));
  return cut(fmt::format("{}{} {}", kPrefix, digits, file), kLongestName);
}

std::string command_entry_name(std::string_view command, std::string_view purpose) {
  return cut(fmt::format("{}{} {}", kPrefix, digits_of(purpose), command), kLongestName);
}

bool is_ours(const inventory::QueueEntry& entry) {
  return entry.step.name.starts_with(kPrefix);
}

std::string window_name(std::string_view window, UtcTime start) {
  constexpr std::size_t kMinutes = 16;  // "2026-12-05T22:00"
  const std::string suffix = fmt::format(" {}Z", to_rfc3339(start).substr(0, kMinutes));
  return cut(std::string(window), kLongestName - suffix.size()) + suffix;
}

bool is_ours(const inventory::Window& window) {
  return window.description == kOwnDescription;
}

bool is_occurrence_of(const inventory::Window& window, std::string_view name) {
  return is_ours(window) && window.start && window.name == window_name(name, *window.start);
}

}  // namespace firmform::plan

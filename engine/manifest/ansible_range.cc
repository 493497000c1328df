// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/ansible_range.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/manifest/format_rules.h"

namespace firmform::manifest {
namespace {

constexpr std::size_t kMostNames = 100'000;
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

tl::unexpected<Error> malformed(std::string message) {
  return fail(Code::inventory_malformed, std::move(message));
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Result<std::vector<std::string>> letters(std::string_view range, std::size_t first, std::size_t last,
                                         std::size_t step) {
  if (first > last) return malformed(fmt::format("the range [{}] ends before it begins", range));
  std::vector<std::string> result;
  for (std::size_t i = first; i <= last; i += step) result.emplace_back(1, kLetters[i]);
  return result;
}

Result<std::vector<std::string>> numbers(std::string_view range, const std::string& begin, const std::string& end,
                                         std::size_t step) {
  constexpr std::size_t kMostDigits = 9;
  if (!is_digits(begin) || !is_digits(end) || begin.size() > kMostDigits || end.size() > kMostDigits) {
    return malformed(fmt::format("[{}] is not a range: expected [FIRST:LAST] or [FIRST:LAST:STEP]", range));
  }
  const bool padded = begin.size() > 1 && begin.front() == '0';
  if (padded && begin.size() != end.size()) {
    return malformed(fmt::format("both ends of the range [{}] need the same number of digits", range));
  }
  const std::size_t last = std::stoul(end);
  std::vector<std::string> result;
  for (std::size_t i = std::stoul(begin); i <= last; i += step) {
    if (result.size() == kMostNames) return malformed(fmt::format("the range [{}] is too large", range));
    result.push_back(padded ? fmt::format("{:0{}}", i, begin.size()) : std::to_string(i));
  }
  return result;
}

/// What stands in place of one "[…]".
Result<std::vector<std::string>> members(std::string_view range) {
  const std::vector<std::string> bounds = split(range, ':');
  if (bounds.size() < 2 || bounds.size() > 3 || bounds[1].empty()) {
    return malformed(fmt::format("[{}] is not a range: expected [FIRST:LAST] or [FIRST:LAST:STEP]", range));
  }
  std::size_t step = 1;
  if (bounds.size() == 3) {
    const auto given = is_digits(bounds[2]) ? parse_integer(bounds[2]) : std::nullopt;
    if (!given || *given < 1) return malformed(fmt::format("the step of the range [{}] must be at least 1", range));
    step = static_cast<std::size_t>(*given);
  }
  const std::string begin = bounds[0].empty() ? "0" : bounds[0];
  const std::size_t first = begin.size() == 1 ? kLetters.find(begin) : std::string_view::npos;
  const std::size_t last = bounds[1].size() == 1 ? kLetters.find(bounds[1]) : std::string_view::npos;
  if (first != std::string_view::npos && last != std::string_view::npos) return letters(range, first, last, step);
  return numbers(range, begin, bounds[1], step);
}

Result<std::vector<std::string>> expand(std::string_view pattern) {
  std::vector<std::string> heads{""};
  for (std::size_t open = pattern.find('['); open != std::string_view::npos; open = pattern.find('[')) {
    const std::size_t close = pattern.find(']', open);
    if (close == std::string_view::npos) return malformed(fmt::format("a range in `{}` is never closed", pattern));
    const auto inner = members(pattern.substr(open + 1, close - open - 1));
    if (!inner) return fail(inner.error());
    if (inner->size() * heads.size() > kMostNames) return malformed(fmt::format("`{}` is too large", pattern));
    std::vector<std::string> longer;
    longer.reserve(inner->size() * heads.size());
    for (const std::string& head : heads) {
      for (const std::string& member : *inner)
        longer.push_back(fmt::format("{}{}{}", head, pattern.substr(0, open), member));
    }
    heads = std::move(longer);
    pattern.remove_prefix(close + 1);
  }
  for (std::string& head : heads) head += pattern;
  return heads;
}

/// "[2001:db8::1]": an address in brackets, not a range.
bool is_bracketed_address(std::string_view text) {
  if (!text.starts_with('[') || !text.ends_with(']')) return false;
  return std::ranges::count(text, ':') > 2 || text.find("::") != std::string_view::npos;
}

}  // namespace

Result<AnsibleHostNames> expand_host_names(std::string_view pattern) {
  AnsibleHostNames result;
  const std::size_t bracket = pattern.rfind(']');
  const std::size_t from = bracket == std::string_view::npos ? 0 : bracket;
  const std::size_t colon = pattern.find(':', from);
  const bool one = colon != std::string_view::npos && pattern.find(':', colon + 1) == std::string_view::npos;
  if (one && is_digits(pattern.substr(colon + 1))) {
    result.port = std::string(pattern.substr(colon + 1));
    pattern = pattern.substr(0, colon);
  } else if (pattern.ends_with(':')) {
    return malformed(fmt::format("`{}` ends with a colon, behind which a port belongs", pattern));
  }
  if (is_bracketed_address(pattern)) {
    result.names.emplace_back(pattern.substr(1, pattern.size() - 2));
    return result;
  }
  auto names = expand(pattern);
  if (!names) return fail(names.error());
  result.names = std::move(*names);
  return result;
}

}  // namespace firmform::manifest

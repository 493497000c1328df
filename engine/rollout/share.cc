// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/rollout/rollout.h"

namespace firmform::rollout {
namespace {

constexpr std::int64_t kHundred = 100;

/// A percentage of a whole in hundredths of a host, so that nothing is lost to floating point.
struct Part {
  std::int64_t hundredths = 0;

  [[nodiscard]] std::int64_t floor() const { return hundredths / kHundred; }
  [[nodiscard]] std::int64_t ceiling() const { return (hundredths + kHundred - 1) / kHundred; }
  [[nodiscard]] bool is_whole() const { return hundredths % kHundred == 0; }
  /// "4.8"
  [[nodiscard]] std::string text() const {
    const std::int64_t rest = hundredths % kHundred;
    if (rest == 0) return fmt::format("{}", floor());
    return rest % 10 == 0 ? fmt::format("{}.{}", floor(), rest / 10) : fmt::format("{}.{:02}", floor(), rest);
  }
};

std::string counted_hosts(std::int64_t count) {
  return counted(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)), "host");
}

Part part_of(const manifest::Share& share, std::size_t whole) {
  return {share.value * static_cast<std::int64_t>(whole)};
}

std::string text_of(const manifest::Share& share, std::size_t whole) {
  return fmt::format("{}% of {} = {}", share.value, counted(whole, "host"), part_of(share, whole).text());
}

}  // namespace

Counted round_up(const manifest::Share& share, std::size_t whole) {
  if (!share.percent) return {share.value, counted_hosts(share.value)};
  const Part part = part_of(share, whole);
  const std::string text = text_of(share, whole);
  if (part.is_whole()) return {part.floor(), text};
  return {part.ceiling(), fmt::format("{}, rounded up to {}", text, part.ceiling())};
}

Counted round_down(const manifest::Share& share, std::size_t whole) {
  if (!share.percent) return {share.value, counted_hosts(share.value)};
  const Part part = part_of(share, whole);
  const std::string text = text_of(share, whole);
  if (part.is_whole()) return {part.floor(), text};
  if (part.floor() == 0) return {1, fmt::format("{}, and never less than 1", text)};
  return {part.floor(), fmt::format("{}, rounded down to {}", text, part.floor())};
}

Counted tolerated(const manifest::Share& share, std::size_t whole) {
  if (!share.percent) return {share.value, counted_hosts(share.value)};
  const Part part = part_of(share, whole);
  return {part.floor(), fmt::format("{}: more than {} is too many", text_of(share, whole), part.floor())};
}

}  // namespace firmform::rollout

// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/base/time_text.h"
#include "engine/manifest/node_access.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

constexpr Duration kShortestGuard = std::chrono::minutes(1);
constexpr Duration kLongestGuard = std::chrono::hours(24 * 366);

struct Bounds {
  Duration least;
  Duration most;
  std::string_view expected;
};

std::optional<Duration> duration(const YamlNode& node, std::string_view key, const Bounds& bounds,
                                 Diagnostics& diagnostics) {
  const auto written = text(node, key);
  const auto length = written ? parse_duration(written->value) : std::nullopt;
  if (!length) return std::nullopt;
  if (*length >= bounds.least && *length <= bounds.most) return length;
  diagnostics.add(problem(Code::invalid_value, fmt::format("`{}` cannot be `{}`", key, written->value), written->span,
                          std::string(bounds.expected)));
  return std::nullopt;
}

void bind_flap_guard(const YamlNode& node, Watch& watch, Diagnostics& diagnostics) {
  constexpr Bounds kWithin{kShortestGuard, kLongestGuard, "expected at least 1m and at most 8784h (366 days)"};
  watch.flap_changes = number(node, "changes").value_or(watch.flap_changes);
  watch.flap_within = duration(node, "within", kWithin, diagnostics).value_or(watch.flap_within);
}

}  // namespace

Watch bind_watch(const YamlNode& node, Diagnostics& diagnostics) {
  constexpr Bounds kInterval{kShortestInterval, kLongestInterval, "expected at least 10s and at most 744h (31 days)"};
  Watch watch;
  watch.span = node.span;
  watch.interval = duration(node, "interval", kInterval, diagnostics).value_or(watch.interval);
  const Bounds within_interval{Duration(0), watch.interval, "expected no more than the interval"};
  watch.jitter =
      duration(node, "jitter", within_interval, diagnostics).value_or(std::min(watch.jitter, watch.interval));
  watch.apply = text_or_empty(node, "apply") == "automatic";
  if (const YamlNode* guard = node.find("flap_guard")) bind_flap_guard(*guard, watch, diagnostics);
  return watch;
}

}  // namespace firmform::manifest

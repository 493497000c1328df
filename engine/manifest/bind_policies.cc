// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind_policies.h"

#include <fmt/format.h>

#include "engine/base/time_text.h"
#include "engine/manifest/bind_policy_rules.h"
#include "engine/manifest/node_access.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

Duration clock_skew(const Text& skew, Diagnostics& diagnostics) {
  constexpr Duration kMost = std::chrono::hours(1);
  const Duration length = parse_duration(skew.value).value_or(Duration::zero());
  if (length < std::chrono::seconds(1) || length > kMost) {
    diagnostics.add(problem(Code::invalid_value, fmt::format("a clock cannot be held to `{}`", skew.value), skew.span,
                            "expected at least 1s and at most 1h"));
  }
  return length;
}

ForeignWork foreign_work(std::string_view word) {
  if (word == "wait") return ForeignWork::wait;
  return word == "adopt" ? ForeignWork::adopt : ForeignWork::refuse;
}

DriftPolicy drift_policy(std::string_view word) {
  if (word == "ignore") return DriftPolicy::ignore;
  return word == "fail" ? DriftPolicy::fail : DriftPolicy::report;
}

std::map<std::string, DriftPolicy> drift_policies(const YamlNode& node) {
  std::map<std::string, DriftPolicy> result;
  for (const char* drift : {"older", "newer", "format_only", "staged", "pending_restart", "unknown", "unmatched",
                            "foreign", "content", "unreachable"}) {
    if (const auto word = plain_text(node, drift)) result[drift] = drift_policy(*word);
  }
  return result;
}

}  // namespace

Policies bind_policies(const YamlNode& node, Diagnostics& diagnostics) {
  Policies result;
  const auto allowed = [&](std::string_view key) {
    return text_or_empty(node, key) == "allow" ? Permission::allow : Permission::deny;
  };
  result.downgrade = allowed("downgrade");
  result.unsigned_image = allowed("unsigned_image");
  result.insecure_tls = allowed("insecure_tls");
  result.tpm_override = allowed("tpm_override");
  result.plain_http_image = allowed("plain_http_image");
  result.recovery_set = allowed("recovery_set");
  result.clear_foreign_queue = allowed("clear_foreign_queue");
  const std::string reboot = text_or_empty(node, "reboot");
  if (reboot == "deny") result.reboot = RebootPolicy::deny;
  if (reboot == "in_window") result.reboot = RebootPolicy::in_window;
  result.foreign_work = foreign_work(text_or_empty(node, "foreign_work"));
  if (const YamlNode* drift = node.find("drift")) result.drift = drift_policies(*drift);
  if (const auto skew = text(node, "max_clock_skew")) result.max_clock_skew = clock_skew(*skew, diagnostics);
  if (const YamlNode* rules = node.find("rules")) result.rules = bind_policy_rules(*rules, diagnostics);
  if (const YamlNode* commands = node.find("commands")) {
    result.commands = bind_policy_commands(*commands, result.rules, diagnostics);
  }
  for (const YamlEntry& entry : node.entries) result.spans[entry.key] = entry.value.span;
  return result;
}

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind_rollout.h"

#include <fmt/format.h>

#include <map>

#include "engine/base/time_text.h"
#include "engine/manifest/format_rules.h"
#include "engine/manifest/node_access.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

void check_unique(const std::vector<Text>& items, const std::string& where, Diagnostics& diagnostics) {
  std::map<std::string, SourceSpan> known;
  for (const Text& item : items) {
    const auto [place, fresh] = known.emplace(item.value, item.span);
    if (!fresh) diagnostics.add(listed_twice(item, place->second, where));
  }
}

Canary bind_canary(const YamlNode& node, Diagnostics& diagnostics) {
  Canary canary;
  canary.hosts = number(node, "hosts").value_or(canary.hosts);
  canary.cover = texts(node, "cover");
  canary.span = node.span;
  check_unique(canary.cover, "`cover`", diagnostics);
  return canary;
}

HealthGate bind_health(const YamlNode& node) {
  HealthGate gate;
  gate.bmc = flag(node, "bmc", gate.bmc);
  gate.sensors = flag(node, "sensors", gate.sensors);
  gate.post = flag(node, "post", gate.post);
  gate.max_log_entries = number(node, "max_log_entries");
  return gate;
}

std::vector<Spanned<Share>> bind_batches(const YamlNode& node) {
  std::vector<Spanned<Share>> batches;
  for (const Text& batch : texts(node, "batches")) {
    if (const auto share = parse_share(batch.value)) batches.push_back({*share, batch.span});
  }
  return batches;
}

std::optional<Spanned<Share>> bind_tolerance(const YamlNode& node, std::string_view key) {
  const auto value = text(node, key);
  const auto share = value ? parse_tolerance(value->value) : std::nullopt;
  return share ? std::optional(Spanned<Share>{*share, value->span}) : std::nullopt;
}

void bind_limits(const YamlNode& node, Rollout& rollout) {
  rollout.max_hosts_in_flight = number(node, "hosts");
  rollout.max_uploads_in_flight = number(node, "uploads");
  const YamlNode* per_label = node.find("per_label");
  if (per_label == nullptr) return;
  for (const YamlEntry& entry : per_label->entries) {
    const auto share = entry.value.valid ? parse_share(entry.value.text) : std::nullopt;
    if (share) rollout.per_label.emplace_back(Text{entry.key, entry.key_span}, *share);
  }
}

GuardAction guard_action(std::string_view word) {
  if (word == "report") return GuardAction::report;
  if (word == "fail") return GuardAction::fail;
  if (word == "restore") return GuardAction::restore;
  return GuardAction::ignore;
}

}  // namespace

Rollout bind_rollout(const YamlNode& node, Diagnostics& diagnostics) {
  Rollout result;
  result.seed = number(node, "seed");
  if (const YamlNode* canary = valid(node, "canary")) result.canary = bind_canary(*canary, diagnostics);
  result.batches = bind_batches(node);
  result.soak = parse_duration(text_or_empty(node, "soak")).value_or(Duration::zero());
  if (const YamlNode* health = valid(node, "health")) result.health = bind_health(*health);
  result.pause_after = texts(node, "pause_after");
  check_unique(result.pause_after, "`pause_after`", diagnostics);
  result.max_failures = bind_tolerance(node, "max_failures");
  result.max_unreachable = bind_tolerance(node, "max_unreachable");
  if (const YamlNode* in_flight = node.find("max_in_flight")) bind_limits(*in_flight, result);
  return result;
}

ConfigGuard bind_config_guard(const YamlNode& node) {
  ConfigGuard result;
  result.span = node.span;
  for (const char* category : {"bios", "boot", "bmc", "network"}) {
    const auto word = plain_text(node, category);
    if (word) result.categories[category] = guard_action(*word);
  }
  return result;
}

PlanSigning bind_plan_signing(const YamlNode& node, Diagnostics& diagnostics) {
  constexpr std::size_t kTwo = 2;
  PlanSigning result;
  result.keys = texts(node, "keys");
  result.required = flag(node, "required");
  result.two_keys_for = texts(node, "two_keys_for");
  result.span = node.span;
  check_unique(result.keys, "`keys`", diagnostics);
  check_unique(result.two_keys_for, "`two_keys_for`", diagnostics);
  const YamlNode* keys = valid(node, "keys");
  if (keys == nullptr || result.two_keys_for.empty() || result.keys.size() >= kTwo) return result;
  Diagnostic found = problem(Code::unusable_setting, "two signatures are asked for, and there is one key",
                             result.two_keys_for.front().span, "could never be applied");
  found.secondary.push_back({result.keys.front().span, "the only key"});
  found.help.emplace_back("add the key of a second person below `keys:`, or remove `two_keys_for:`");
  diagnostics.add(std::move(found));
  return result;
}

}  // namespace firmform::manifest

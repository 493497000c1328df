// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind_baseline.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/manifest/node_access.h"
#include "engine/manifest/path_check.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

Selector selector(const YamlNode& node) {
  if (node.kind == YamlKind::scalar) return {node.text, {}, {}, {}, {}};
  return {text_or_empty(node, "name"), text_or_empty(node, "device_class"), text_or_empty(node, "target"),
          text_or_empty(node, "location"), text_or_empty(node, "software_id")};
}

std::optional<Text> sha256(const YamlNode& node) {
  auto digits = text(node, "sha256");
  if (digits) digits->value = to_lower(digits->value);
  return digits;
}

/// The value of `from`.
VersionRange range(const YamlNode& node) {
  const YamlNode* from = valid(node, "from");
  return from == nullptr ? VersionRange{} : VersionRange{text(*from, "minimum"), text(*from, "maximum")};
}

ViaStep via_step(const YamlNode& node) {
  ViaStep step;
  step.span = node.span;
  if (node.kind == YamlKind::scalar) {
    step.version = {node.text, node.span};
    return step;
  }
  step.version = text(node, "version").value_or(Text{});
  step.image = text(node, "image");
  step.sha256 = sha256(node);
  step.from = range(node);
  step.requires_ = texts(node, "requires");
  step.span = step.version.span;
  return step;
}

std::vector<ViaStep> via_steps(const YamlNode& node) {
  std::vector<ViaStep> steps;
  const YamlNode* via = node.find("via");
  if (via == nullptr) return steps;
  for (const YamlNode& item : via->items) {
    if (item.valid) steps.push_back(via_step(item));
  }
  return steps;
}

PowerNeed power_need(const YamlNode& node) {
  return {text_or_empty(node, "state"), parse_duration(text_or_empty(node, "hold")).value_or(Duration::zero())};
}

Constraint constraint(const YamlNode& node) {
  Constraint result;
  result.when = text(node, "when").value_or(Text{});
  result.requires_ = texts(node, "requires");
  result.conflicts = texts(node, "conflicts");
  result.span = result.when.span;
  return result;
}

FirmwareEntry firmware_entry(const YamlNode& node) {
  FirmwareEntry entry;
  const YamlNode& component = *node.find("component");
  entry.component = {selector(component), component.span};
  entry.version = text(node, "version").value_or(Text{});
  entry.version_scheme = text(node, "version_scheme");
  entry.image = text(node, "image");
  entry.sha256 = sha256(node);
  entry.after = texts(node, "after");
  entry.requires_ = texts(node, "requires");
  entry.conflicts = texts(node, "conflicts");
  entry.via = via_steps(node);
  entry.from = range(node);
  entry.separate_restart = texts(node, "separate_restart");
  if (const YamlNode* power = valid(node, "power")) entry.power = power_need(*power);
  entry.every = flag(node, "every");
  entry.allow_downgrade = flag(node, "allow_downgrade");
  entry.span = component.span;
  return entry;
}

/// Names of other entries, which `key` may hold.
struct OtherNames {
  const std::vector<Text>& names;
  std::string_view itself;  ///< "come after itself"
};

void check_names(const Baseline& baseline, const FirmwareEntry& entry, const OtherNames& others,
                 Diagnostics& diagnostics) {
  std::vector<std::string> known;
  for (const FirmwareEntry& other : baseline.firmware) known.push_back(other.component.value.name);
  for (const Text& name : others.names) {
    const bool itself = name.value == entry.component.value.name;
    if (!itself && std::ranges::find(known, name.value) != known.end()) continue;
    Diagnostic found = problem(itself ? Code::invalid_value : Code::unknown_reference,
                               itself ? fmt::format("component `{}` cannot {}", name.value, others.itself)
                                      : fmt::format("no entry of this baseline has the component `{}`", name.value),
                               name.span, itself ? "" : "not in this baseline");
    if (const auto near = nearest(name.value, known); near && !itself) {
      found.help.push_back(fmt::format("did you mean `{}`?", *near));
    }
    diagnostics.add(std::move(found));
  }
}

void check_components(const Baseline& baseline, Diagnostics& diagnostics) {
  std::map<std::string, const FirmwareEntry*> known;
  for (const FirmwareEntry& entry : baseline.firmware) {
    const auto [place, fresh] = known.emplace(entry.component.value.describe(), &entry);
    if (fresh) continue;
    Diagnostic found =
        problem(Code::duplicate_component, fmt::format("component `{}` is listed twice in one baseline", place->first),
                entry.component.span, "listed again");
    found.secondary.push_back({place->second->component.span, "first listed here"});
    diagnostics.add(std::move(found));
  }
  if (!baseline.complete) return;
  for (const FirmwareEntry& entry : baseline.firmware) {
    check_names(baseline, entry, {entry.after, "come after itself"}, diagnostics);
    check_names(baseline, entry, {entry.separate_restart, "be kept apart from itself"}, diagnostics);
  }
}

}  // namespace

std::string Selector::describe() const {
  const bool only_name =
      !name.empty() && device_class.empty() && target.empty() && location.empty() && software_id.empty();
  if (only_name) return name;
  std::string text;
  const auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) text += fmt::format("{}{}={}", text.empty() ? "" : " ", key, value);
  };
  add("name", name);
  add("device_class", device_class);
  add("target", target);
  add("location", location);
  add("software_id", software_id);
  return text;
}

Baseline bind_baseline(const YamlNode& node, Diagnostics& diagnostics) {
  Baseline result;
  result.complete = node.valid;
  if (const YamlNode* applies = valid(node, "applies_to")) result.applies_to_model = text(*applies, "model");
  if (const YamlNode* firmware = node.find("firmware")) {
    for (const YamlNode& item : firmware->items) {
      if (item.valid) result.firmware.push_back(firmware_entry(item));
    }
  }
  if (const YamlNode* constraints = node.find("constraints")) {
    for (const YamlNode& item : constraints->items) {
      if (item.valid) result.constraints.push_back(constraint(item));
    }
  }
  check_components(result, diagnostics);
  check_paths(result, diagnostics);
  return result;
}

}  // namespace firmform::manifest

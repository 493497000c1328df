// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind_baseline.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/manifest/node_access.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

Selector selector(const YamlNode& node) {
  if (node.kind == YamlKind::scalar) return {node.text, {}, {}, {}, {}};
  return {text_or_empty(node, "name"), text_or_empty(node, "device_class"), text_or_empty(node, "target"),
          text_or_empty(node, "location"), text_or_empty(node, "software_id")};
}

FirmwareEntry firmware_entry(const YamlNode& node) {
  FirmwareEntry entry;
  const YamlNode& component = *node.find("component");
  entry.component = {selector(component), component.span};
  entry.version = text(node, "version").value_or(Text{});
  entry.version_scheme = text(node, "version_scheme");
  entry.image = text(node, "image");
  entry.sha256 = text(node, "sha256");
  if (entry.sha256) entry.sha256->value = to_lower(entry.sha256->value);
  entry.after = texts(node, "after");
  entry.requires_ = texts(node, "requires");
  entry.via = texts(node, "via");
  entry.every = flag(node, "every");
  entry.allow_downgrade = flag(node, "allow_downgrade");
  entry.span = component.span;
  return entry;
}

void check_after(const Baseline& baseline, const FirmwareEntry& entry, Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const FirmwareEntry& other : baseline.firmware) names.push_back(other.component.value.name);
  for (const Text& after : entry.after) {
    const bool itself = after.value == entry.component.value.name;
    if (!itself && std::ranges::find(names, after.value) != names.end()) continue;
    Diagnostic found = problem(itself ? Code::invalid_value : Code::unknown_reference,
                               itself ? fmt::format("component `{}` cannot come after itself", after.value)
                                      : fmt::format("no entry of this baseline has the component `{}`", after.value),
                               after.span, itself ? "" : "not in this baseline");
    if (const auto near = nearest(after.value, names); near && !itself) {
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
  for (const FirmwareEntry& entry : baseline.firmware) check_after(baseline, entry, diagnostics);
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
  check_components(result, diagnostics);
  return result;
}

}  // namespace firmform::manifest

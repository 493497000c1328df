// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/inventory_source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/base/time_text.h"

namespace firmform::manifest {

std::string InventorySource::key() const {
  return argv.empty() ? "ansible " + path : fmt::format("script {}", fmt::join(argv, "\n"));
}

std::optional<InventorySource> inventory_source(const YamlNode& entry) {
  InventorySource source;
  const YamlNode* path = entry.find("ansible");
  const YamlNode* script = entry.find("script");
  if (path != nullptr && script == nullptr && path->kind == YamlKind::scalar && !path->text.empty()) {
    source.path = path->text;
    return source;
  }
  if (script == nullptr || path != nullptr || script->items.empty()) return std::nullopt;
  for (const YamlNode& word : script->items) {
    if (word.kind != YamlKind::scalar) return std::nullopt;
    source.argv.push_back(word.text);
  }
  if (const YamlNode* timeout = entry.find("timeout")) {
    const auto given = parse_duration(timeout->text);
    if (!given) return std::nullopt;
    source.timeout = *given;
  }
  return source;
}

}  // namespace firmform::manifest

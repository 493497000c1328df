// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/node_access.h"

#include "engine/manifest/format_rules.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

Text text_of(const YamlNode& node) {
  return {node.text, node.span};
}

}  // namespace

const YamlNode* valid(const YamlNode& map, std::string_view key) {
  const YamlNode* node = map.find(key);
  return node != nullptr && node->valid ? node : nullptr;
}

std::optional<Text> text(const YamlNode& map, std::string_view key) {
  const YamlNode* node = valid(map, key);
  return node == nullptr ? std::nullopt : std::optional(text_of(*node));
}

std::optional<std::string> plain_text(const YamlNode& map, std::string_view key) {
  const YamlNode* node = valid(map, key);
  return node == nullptr ? std::nullopt : std::optional(node->text);
}

std::string text_or_empty(const YamlNode& map, std::string_view key) {
  return plain_text(map, key).value_or("");
}

bool flag(const YamlNode& map, std::string_view key, bool otherwise) {
  const YamlNode* node = valid(map, key);
  return node == nullptr ? otherwise : node->text == "true";
}

bool absent_flag(const YamlNode& map, Diagnostics& diagnostics) {
  const YamlNode* node = valid(map, "absent");
  if (node == nullptr) return false;
  if (node->text != "true") {
    diagnostics.add(problem(Code::invalid_value, "`absent` can only be `true`", node->span, "says nothing"));
  }
  return true;
}

std::optional<std::int64_t> number(const YamlNode& map, std::string_view key) {
  const YamlNode* node = valid(map, key);
  return node == nullptr ? std::nullopt : parse_integer(node->text);
}

std::vector<Text> texts(const YamlNode& map, std::string_view key) {
  std::vector<Text> result;
  const YamlNode* node = map.find(key);
  if (node == nullptr || node->kind != YamlKind::sequence) return result;
  for (const YamlNode& item : node->items) {
    if (item.valid) result.push_back(text_of(item));
  }
  return result;
}

std::map<std::string, Text> text_map(const YamlNode& map, std::string_view key) {
  std::map<std::string, Text> result;
  const YamlNode* node = map.find(key);
  if (node == nullptr) return result;
  for (const YamlEntry& entry : node->entries) {
    if (entry.value.valid) result[entry.key] = {entry.value.text, entry.value.span};
  }
  return result;
}

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
#include "mutants.h"

#include <array>
#include <charconv>

#include "engine/json/value.h"

namespace firmform::tests {
namespace {

using manifest::YamlKind;
using manifest::YamlNode;

/// A plain scalar as editors read it.
json::Value scalar(const YamlNode& node) {
  if (node.quoted) return node.text;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  std::int64_t number = 0;
  const char* end = node.text.data() + node.text.size();
  const auto parsed = std::from_chars(node.text.data(), end, number);
  if (parsed.ec == std::errc{} && parsed.ptr == end) return number;
  return node.text;
}

json::Value json_of(const YamlNode& node) {
  switch (node.kind) {
    case YamlKind::null:
      return nullptr;
    case YamlKind::scalar:
      return scalar(node);
    case YamlKind::sequence: {
      json::Array items;
      for (const YamlNode& item : node.items) items.push_back(json_of(item));
      return items;
    }
    case YamlKind::map: {
      json::Object members;
      for (const manifest::YamlEntry& entry : node.entries) members.set(entry.key, json_of(entry.value));
      return members;
    }
  }
  return nullptr;
}

class Mutator {
 public:
  explicit Mutator(json::Value root) : root_(std::move(root)) {}

  std::vector<std::string> run() {
    mutate(root_);
    return std::move(mutants_);
  }

 private:
  void keep() { mutants_.push_back(json::dump(root_)); }

  void mutate(json::Value& value) {
    const json::Value original = value;
    const std::array<json::Value, 9> others = {nullptr,        "odd ~ text",       "name", "", 7, true, json::Array{},
                                               json::Object{}, json::Array{"name"}};
    for (const json::Value& other : others) {
      value = other;
      keep();
    }
    value = original;
    if (value.is_array()) {
      for (json::Value& item : value.array()) mutate(item);
    }
    if (value.is_object()) mutate_members(value);
  }

  void mutate_members(json::Value& value) {
    const json::Value original = value;
    for (const char* key : {"unknown", "x-own", "odd ~ key"}) {
      value.object().set(key, "1");
      keep();
      value = original;
    }
    for (const json::Member& member : original.members()) {
      value.object().erase(member.key);
      keep();
      value.object().set("renamed", member.value);
      keep();
      value = original;
    }
    for (json::Member& member : value.object()) mutate(member.value);
  }

  json::Value root_;
  std::vector<std::string> mutants_;
};

}  // namespace

std::vector<std::string> mutants_of(const YamlNode& root) {
  return Mutator(json_of(root)).run();
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// Checks JSON against the part of JSON Schema (draft-07) that schemas/ uses. A keyword that it does not know is a
// violation, so that no rule passes unchecked.
#pragma once

#include <algorithm>
#include <optional>
#include <regex>
#include <string>
#include <string_view>

#include "engine/json/value.h"

namespace firmform::tests {

class JsonSchema {
 public:
  explicit JsonSchema(json::Value schema) : root_(std::move(schema)) {}

  /// The first violation as "/place keyword"; empty when `value` conforms.
  [[nodiscard]] std::string violation(const json::Value& value) const {
    return check(root_, value, "").value_or(std::string());
  }

 private:
  using Violation = std::optional<std::string>;

  [[nodiscard]] Violation check(const json::Value& schema, const json::Value& value, const std::string& place) const {
    if (schema.as_bool()) return *schema.as_bool() ? Violation() : place + " false";
    for (const json::Member& rule : schema.members()) {
      if (auto violation = check_rule(schema, rule, value, place)) return violation;
    }
    return std::nullopt;
  }

  [[nodiscard]] Violation check_rule(const json::Value& schema, const json::Member& rule, const json::Value& value,
                                     const std::string& place) const {
    const std::string& key = rule.key;
    if (key == "$schema" || key == "$id" || key == "title" || key == "description" || key == "definitions") return {};
    if (key == "$ref") return check(resolve(*rule.value.as_string()), value, place);
    if (key == "properties") return check_properties(rule.value, value, place);
    if (key == "additionalProperties") return check_additional(schema, rule.value, value, place);
    if (key == "items") return check_items(rule.value, value, place);
    return holds(rule, value, place) ? Violation() : place + " " + key;
  }

  [[nodiscard]] bool holds(const json::Member& rule, const json::Value& value, const std::string& place) const {
    const std::string& key = rule.key;
    const json::Value& wanted = rule.value;
    const auto any_of = [&](auto fits) { return std::ranges::any_of(wanted.items(), fits); };
    if (key == "type" && wanted.is_string()) return is_of_type(*wanted.as_string(), value);
    if (key == "type") return any_of([&](const json::Value& type) { return is_of_type(*type.as_string(), value); });
    if (key == "enum") return any_of([&](const json::Value& allowed) { return allowed == value; });
    if (key == "anyOf") return any_of([&](const json::Value& schema) { return !check(schema, value, place); });
    if (key == "required") {
      const auto is_there = [&](const json::Value& name) { return value.find(*name.as_string()) != nullptr; };
      return !value.is_object() || std::ranges::all_of(wanted.items(), is_there);
    }
    if (key == "minItems") return !value.is_array() || count(value) >= *wanted.as_int();
    if (key == "maxItems") return !value.is_array() || count(value) <= *wanted.as_int();
    if (key == "minimum") return !value.is_number() || *value.as_double() >= *wanted.as_double();
    if (key == "pattern") {
      return !value.is_string() || std::regex_search(*value.as_string(), std::regex(*wanted.as_string()));
    }
    return false;
  }

  [[nodiscard]] Violation check_properties(const json::Value& rules, const json::Value& value,
                                           const std::string& place) const {
    for (const json::Member& rule : rules.members()) {
      const json::Value* member = value.find(rule.key);
      if (member == nullptr) continue;
      if (auto violation = check(rule.value, *member, place + "/" + rule.key)) return violation;
    }
    return std::nullopt;
  }

  [[nodiscard]] Violation check_additional(const json::Value& schema, const json::Value& rule, const json::Value& value,
                                           const std::string& place) const {
    for (const json::Member& member : value.members()) {
      if (schema["properties"].find(member.key) != nullptr) continue;
      if (auto violation = check(rule, member.value, place + "/" + member.key)) return violation;
    }
    return std::nullopt;
  }

  [[nodiscard]] Violation check_items(const json::Value& rule, const json::Value& value,
                                      const std::string& place) const {
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      if (auto violation = check(rule, value.items()[i], place + "/" + std::to_string(i))) return violation;
    }
    return std::nullopt;
  }

  [[nodiscard]] const json::Value& resolve(std::string_view reference) const {
    constexpr std::string_view kDefinitions = "#/definitions/";
    return root_["definitions"][reference.substr(kDefinitions.size())];
  }

  static std::int64_t count(const json::Value& value) { return static_cast<std::int64_t>(value.items().size()); }

  static bool is_of_type(std::string_view type, const json::Value& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "integer") return value.as_int().has_value();
    if (type == "number") return value.is_number();
    return type == "null" && value.is_null();
  }

  json::Value root_;
};

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// The table of schema.cc as JSON Schema draft-07. Texts that editors may read as numbers or booleans
// (`version: 3.11`) are declared as all of these, for the validator takes them as text.
#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/manifest/schema.h"

namespace firmform::manifest {
namespace {

json::Value schema_of(const Shape& shape);

json::Object text_schema(const Shape& shape) {
  const FormatRule& format = rule(shape.format);
  json::Object schema;
  if (shape.format == Format::share) {
    schema.set("type", json::Array{"string", "integer"});
    schema.set("minimum", 1);
  } else if (shape.format == Format::tolerance) {
    schema.set("type", json::Array{"string", "integer"});
    schema.set("minimum", 0);
  } else if (shape.format == Format::ports) {
    schema.set("type", json::Array{"string", "integer"});
    schema.set("minimum", 1);
    schema.set("maximum", 65535);
  } else if (format.number_like) {
    schema.set("type", json::Array{"string", "number", "boolean"});
  } else {
    schema.set("type", "string");
  }
  schema.set("pattern", format.pattern);
  schema.set("patternErrorMessage", fmt::format("Expected {}.", format.expected));
  return schema;
}

json::Object choice_schema(const Shape& shape) {
  json::Array alternatives;
  for (const Choice& choice : shape.choices) {
    alternatives.emplace_back(json::Object{{"const", choice.value}, {"description", choice.description}});
  }
  return {{"type", "string"}, {"oneOf", std::move(alternatives)}};
}

json::Value required(std::string_view key) {
  return json::Object{{"required", json::Array{key}}};
}

json::Value required(std::string_view a, std::string_view b) {
  return json::Object{{"required", json::Array{a, b}}};
}

json::Array each_required(const KeyRule& rule) {
  json::Array result;
  for (const std::string_view key : rule.keys) {
    if (!key.empty()) result.push_back(required(key));
  }
  return result;
}

json::Array each_pair(const KeyRule& rule) {
  json::Array result;
  for (std::size_t i = 0; i < rule.keys.size() && !rule.keys[i].empty(); ++i) {
    for (std::size_t j = i + 1; j < rule.keys.size() && !rule.keys[j].empty(); ++j) {
      result.push_back(required(rule.keys[i], rule.keys[j]));
    }
  }
  return result;
}

/// What `needs` asks for beside its first key.
json::Value need(const KeyRule& rule) {
  if (rule.keys[2].empty()) return json::Array{rule.keys[1]};
  json::Array others;
  for (std::size_t i = 1; i < rule.keys.size() && !rule.keys[i].empty(); ++i) others.push_back(required(rule.keys[i]));
  return json::Object{{"anyOf", std::move(others)}};
}

void add_rule(const KeyRule& rule, json::Array& all_of, json::Object& dependencies) {
  switch (rule.kind) {
    case KeyRule::Kind::exactly_one:
      all_of.emplace_back(json::Object{{"oneOf", each_required(rule)}});
      break;
    case KeyRule::Kind::at_least_one:
      all_of.emplace_back(json::Object{{"anyOf", each_required(rule)}});
      break;
    case KeyRule::Kind::at_most_one:
      all_of.emplace_back(json::Object{{"not", json::Object{{"anyOf", each_pair(rule)}}}});
      break;
    case KeyRule::Kind::needs:
      // A key may need several others, and JSON Schema takes one entry for each key.
      if (json::Value* before = dependencies.find(rule.keys[0])) {
        before->array().emplace_back(rule.keys[1]);
      } else {
        dependencies.set(std::string(rule.keys[0]), need(rule));
      }
      break;
  }
}

json::Object map_schema(const Shape& shape) {
  json::Object properties;
  json::Array required_keys;
  for (const Field& field : shape.fields) {
    json::Value schema = schema_of(*field.shape);
    schema.object().set("description", field.description);
    properties.set(std::string(field.key), std::move(schema));
    if (field.required) required_keys.emplace_back(field.key);
  }
  json::Array all_of;
  json::Object dependencies;
  for (const KeyRule& key_rule : shape.rules) add_rule(key_rule, all_of, dependencies);

  json::Object schema{{"type", "object"}, {"properties", std::move(properties)}};
  schema.set("patternProperties", json::Object{{fmt::format("^{}", kExtensionPrefix), json::Object{}}});
  schema.set("additionalProperties", false);
  if (!required_keys.empty()) schema.set("required", std::move(required_keys));
  if (!dependencies.empty()) schema.set("dependencies", std::move(dependencies));
  if (!all_of.empty()) schema.set("allOf", std::move(all_of));
  return schema;
}

json::Object named_schema(const Shape& shape) {
  const FormatRule& names = rule(shape.format);
  json::Object name_schema{{"pattern", names.pattern},
                           {"patternErrorMessage", fmt::format("Expected {}.", names.expected)}};
  return {{"type", "object"},
          {"propertyNames", std::move(name_schema)},
          {"additionalProperties", schema_of(*shape.element)}};
}

json::Object list_schema(const Shape& shape) {
  json::Object schema{{"type", "array"}, {"items", schema_of(*shape.element)}};
  if (!shape.may_be_empty) schema.set("minItems", 1);
  return schema;
}

json::Object plain_schema(const Shape& shape) {
  switch (shape.kind) {
    case ShapeKind::text:
      return text_schema(shape);
    case ShapeKind::choice:
      return choice_schema(shape);
    case ShapeKind::boolean:
      return {{"type", "boolean"}};
    case ShapeKind::integer:
      return {{"type", "integer"}, {"minimum", shape.least}, {"maximum", shape.most}};
    case ShapeKind::map:
      return map_schema(shape);
    case ShapeKind::named:
      return named_schema(shape);
    case ShapeKind::list:
      return list_schema(shape);
  }
  return {};
}

json::Value schema_of(const Shape& shape) {
  json::Object schema = plain_schema(shape);
  if (shape.shorthand == nullptr) return schema;
  return json::Object{{"anyOf", json::Array{std::move(schema), schema_of(*shape.shorthand)}}};
}

}  // namespace

json::Value json_schema() {
  json::Object schema{
      {"$schema", "http://json-schema.org/draft-07/schema#"},
      {"$id", "https://example.org/firmform/schemas/manifest.v1.schema.json"},
      {"title", "Firmform manifest"},
      {"description",
       "One file of a Firmform manifest, version 1. All *.yaml files of a directory form one configuration."},
  };
  for (const json::Member& member : map_schema(manifest_shape())) schema.set(member.key, member.value);
  return schema;
}

}  // namespace firmform::manifest

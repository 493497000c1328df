// SPDX-License-Identifier: Apache-2.0
// What a manifest may contain: one table, from which both the validator and the JSON Schema are made.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/json/value.h"
#include "engine/manifest/format_rules.h"

namespace firmform::manifest {

enum class ShapeKind {
  text,     ///< a scalar of some Format
  choice,   ///< one of some words
  boolean,  ///< true or false
  integer,
  map,    ///< known keys
  named,  ///< entries under names that the user chooses
  list,
};

struct Shape;

struct Choice {
  std::string_view value;
  std::string_view description;
};

struct Field {
  std::string_view key;
  const Shape* shape = nullptr;
  std::string_view description;  ///< shown by editors and in the documentation
  bool required = false;
};

/// How the keys of a map depend on each other. Unused places are empty.
struct KeyRule {
  enum class Kind {
    exactly_one,
    at_most_one,
    at_least_one,
    needs,  ///< the first key is of use only beside one of the others
  };
  Kind kind = Kind::exactly_one;
  std::array<std::string_view, 8> keys;
};

struct Shape {
  ShapeKind kind = ShapeKind::text;
  std::string_view what;         ///< "a host", "a map of hosts by name": for messages
  Format format = Format::text;  ///< of a text, or of the names of a `named`
  std::int64_t least = 0;        ///< of an integer
  std::int64_t most = 0;
  std::span<const Choice> choices;
  std::span<const Field> fields;  ///< of a map
  std::span<const KeyRule> rules;
  const Shape* element = nullptr;    ///< of a `named` or a list
  bool may_be_empty = true;          ///< of a list
  const Shape* shorthand = nullptr;  ///< another kind of value that is taken too
  bool secret = false;               ///< a text here would be a secret in git
  bool admits = false;               ///< of an integer or share: a limit, under which zero admits nothing
};

inline constexpr std::string_view kHeaderKey = "firmform";
inline constexpr std::string_view kHeaderValue = "v1";
/// Keys of maps that start so are the user's own and never looked at.
inline constexpr std::string_view kExtensionPrefix = "x-";

/// The whole file.
[[nodiscard]] const Shape& manifest_shape();

/// JSON Schema draft-07, as committed in schemas/manifest.v1.schema.json.
[[nodiscard]] json::Value json_schema();

}  // namespace firmform::manifest

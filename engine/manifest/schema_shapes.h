// SPDX-License-Identifier: Apache-2.0
// What the parts of the table of schema.cc are made of.
#pragma once

#include "engine/manifest/schema.h"

namespace firmform::manifest::shapes {

constexpr Shape text(Format format, std::string_view what = {}) {
  return {.kind = ShapeKind::text, .what = what, .format = format};
}

constexpr Shape integer(std::int64_t least, std::int64_t most) {
  return {.kind = ShapeKind::integer, .what = "a whole number", .least = least, .most = most};
}

constexpr Shape list(std::string_view what, const Shape& element, bool may_be_empty = true) {
  return {.kind = ShapeKind::list, .what = what, .element = &element, .may_be_empty = may_be_empty};
}

constexpr Shape named(std::string_view what, const Shape& element, Format names = Format::name) {
  return {.kind = ShapeKind::named, .what = what, .format = names, .element = &element};
}

/// Of what is in work at the same time: nothing could be done where it is zero.
constexpr Shape limit(Shape shape) {
  shape.admits = true;
  return shape;
}

constexpr Shape map(std::string_view what, std::span<const Field> fields, std::span<const KeyRule> rules = {}) {
  return {.kind = ShapeKind::map, .what = what, .fields = fields, .rules = rules};
}

constexpr Shape choice(std::string_view what, std::span<const Choice> choices) {
  return {.kind = ShapeKind::choice, .what = what, .choices = choices};
}

inline constexpr Shape kText = text(Format::text);
inline constexpr Shape kName = text(Format::name);
inline constexpr Shape kBoolean = {.kind = ShapeKind::boolean, .what = "true or false"};
inline constexpr Shape kBaseUrl = text(Format::base_url);
inline constexpr Shape kFileName = text(Format::file_name);
inline constexpr Shape kDuration = text(Format::duration);
inline constexpr Shape kTimestamp = text(Format::timestamp);
inline constexpr Shape kShare = text(Format::share);
inline constexpr Shape kTolerance = text(Format::tolerance);
inline constexpr Shape kBmcName = text(Format::bmc_name);
inline constexpr Shape kTexts = list("a list of texts", kText);
inline constexpr Shape kNames = list("a list of names", kName);
inline constexpr Shape kBmcNames = list("a list of names", kBmcName);
inline constexpr Shape kFileNames = list("a list of file names", kFileName);
inline constexpr Shape kLabels = named("a map of labels", kText, Format::label);
inline constexpr Shape kHostGlob = text(Format::host_glob);

}  // namespace firmform::manifest::shapes

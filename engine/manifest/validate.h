// SPDX-License-Identifier: Apache-2.0
// Holds a tree against a Shape.
#pragma once

#include "engine/manifest/schema.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// Reports what does not fit and clears `valid` of every node in which, or below which, something is wrong.
/// Conceals literal secrets in `sources` on the way.
[[nodiscard]] Diagnostics validate(YamlNode& root, const Shape& shape, SourceMap& sources);

/// The kind of node that a shape describes, its shorthand left aside.
[[nodiscard]] YamlKind node_kind(const Shape& shape);

}  // namespace firmform::manifest

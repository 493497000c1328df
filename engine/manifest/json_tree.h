// SPDX-License-Identifier: Apache-2.0
// JSON as the same tree as YAML, with places.
#pragma once

#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// Reads one file of JSON. Numbers, true and false are scalars with the text that is written; strings count as quoted.
/// Without a value when it is malformed: a diagnostic with inventory_malformed.
[[nodiscard]] Parsed<YamlNode> parse_json(const SourceMap& sources, FileId file);

}  // namespace firmform::manifest

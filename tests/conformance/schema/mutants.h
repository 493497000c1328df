// SPDX-License-Identifier: Apache-2.0
// Small damages to a manifest, each written as one line of JSON (which is YAML too).
#pragma once

#include <string>
#include <vector>

#include "engine/manifest/yaml_tree.h"

namespace firmform::tests {

/// For every value of the tree: the manifest with it replaced by values of other kinds, with its entry
/// removed or renamed, and with an unknown key beside it.
[[nodiscard]] std::vector<std::string> mutants_of(const manifest::YamlNode& root);

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// From a validated tree to the typed Manifest.
#pragma once

#include <map>
#include <string>

#include "engine/manifest/bind_inventories.h"
#include "engine/manifest/manifest.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// Sections by name, as merged from all files.
using Sections = std::map<std::string, YamlNode, std::less<>>;

/// Takes over what is valid; what was reported by validate() is left out, and its entry marked as not
/// complete. Reports what only the values together show (an end before its start, a component listed twice).
[[nodiscard]] Parsed<Manifest> bind_manifest(const Sections& sections, InventoryTexts& inventories);

}  // namespace firmform::manifest

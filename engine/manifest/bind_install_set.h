// SPDX-License-Identifier: Apache-2.0
// The part of bind.h that reads install sets.
#pragma once

#include "engine/manifest/manifest.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// Reports files that are listed twice, settings that mean nothing for a step, and steps that a recovery set cannot
/// have.
[[nodiscard]] InstallSet bind_install_set(const YamlEntry& entry, Diagnostics& diagnostics);

}  // namespace firmform::manifest

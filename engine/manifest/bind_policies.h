// SPDX-License-Identifier: Apache-2.0
// What firmform may do, out of a validated tree.
#pragma once

#include "engine/manifest/manifest.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

[[nodiscard]] Policies bind_policies(const YamlNode& node, Diagnostics& diagnostics);

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
// The part of bind.h that reads baselines.
#pragma once

#include "engine/manifest/manifest.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// Leaves out entries that are wrong, and reports components that are listed twice and `after` entries
/// that name no component of the baseline.
[[nodiscard]] Baseline bind_baseline(const YamlNode& node, Diagnostics& diagnostics);

}  // namespace firmform::manifest

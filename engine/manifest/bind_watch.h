// SPDX-License-Identifier: Apache-2.0
// How `firmform watch` reconciles, out of a validated tree.
#pragma once

#include "engine/manifest/manifest.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// Bounds of Watch::interval, for the manifest and the command line.
inline constexpr Duration kShortestInterval = std::chrono::seconds(10);
inline constexpr Duration kLongestInterval = std::chrono::hours(24 * 31);

[[nodiscard]] Watch bind_watch(const YamlNode& node, Diagnostics& diagnostics);

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
// Maintenance windows and freeze periods out of a validated tree.
#pragma once

#include "engine/manifest/manifest.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// Both report times that never come, end before they start, overlap themselves, or lie in a time zone that this
/// machine does not know. A guess which zone was meant costs time, and one of `guesses` while there are some.
[[nodiscard]] Window bind_window(const YamlEntry& entry, int& guesses, Diagnostics& diagnostics);
[[nodiscard]] FreezePeriod bind_freeze_period(const YamlEntry& entry, int& guesses, Diagnostics& diagnostics);

}  // namespace firmform::manifest

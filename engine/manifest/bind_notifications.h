// SPDX-License-Identifier: Apache-2.0
// Who is told what happens, out of a validated tree.
#pragma once

#include "engine/manifest/manifest.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

[[nodiscard]] Notification bind_notification(const YamlEntry& entry, Diagnostics& diagnostics);

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
// Rollout settings that could never do anything with the hosts of the manifest.
#pragma once

#include "engine/base/diagnostic.h"
#include "engine/manifest/manifest.h"

namespace firmform::manifest {

/// For manifests whose hosts are all known.
[[nodiscard]] Diagnostics check_rollout(const Manifest& manifest);

}  // namespace firmform::manifest

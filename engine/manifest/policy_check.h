// SPDX-License-Identifier: Apache-2.0
// Policy rules that are about hosts which the manifest does not have.
#pragma once

#include "engine/base/diagnostic.h"
#include "engine/manifest/manifest.h"

namespace firmform::manifest {

/// For manifests whose hosts are all known.
[[nodiscard]] Diagnostics check_policy_rules(const Manifest& manifest);

}  // namespace firmform::manifest

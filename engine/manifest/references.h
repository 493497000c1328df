// SPDX-License-Identifier: Apache-2.0
// Names that the manifest uses must be defined in it.
#pragma once

#include "engine/manifest/manifest.h"

namespace firmform::manifest {

/// Reports references to undefined names, each with the name that was most likely meant. Sections that
/// may be incomplete are left out: their errors were reported already.
[[nodiscard]] Diagnostics check_references(const Manifest& manifest);

}  // namespace firmform::manifest

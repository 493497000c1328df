// SPDX-License-Identifier: Apache-2.0
// What windows, install sets and repositories show only together, and only for the hosts that are given them.
#pragma once

#include "engine/manifest/desired.h"

namespace firmform::manifest {

/// Reports windows that are used and shall not be, more install sets than a BMC holds, two recovery sets for one host,
/// and files that a host's install set needs and its repository shall not hold. Each once, however many hosts it
/// concerns.
[[nodiscard]] Diagnostics check_staging(const Manifest& manifest, const Desired& desired);

}  // namespace firmform::manifest

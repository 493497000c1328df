// SPDX-License-Identifier: Apache-2.0
// Bounds, steps and constraints of a baseline that contradict each other whatever a host has installed.
#pragma once

#include "engine/base/diagnostic.h"
#include "engine/manifest/manifest.h"

namespace firmform::manifest {

void check_paths(const Baseline& baseline, Diagnostics& diagnostics);

}  // namespace firmform::manifest

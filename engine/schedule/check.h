// SPDX-License-Identifier: Apache-2.0
// What can be said of windows and freeze periods together without knowing the time.
#pragma once

#include "engine/base/diagnostic.h"
#include "engine/manifest/desired.h"

namespace firmform::schedule {

/// Reports hosts to which freeze periods leave no opening at all, one problem for each window.
[[nodiscard]] Diagnostics check_openings(const manifest::Desired& desired);

}  // namespace firmform::schedule

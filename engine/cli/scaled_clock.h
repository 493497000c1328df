// SPDX-License-Identifier: Apache-2.0
// A clock that runs faster, for labs whose simulated BMCs do.
#pragma once

#include <memory>

#include "engine/base/clock.h"

namespace firmform::cli {

/// The system's clock; with FIRMFORM_LAB_SPEED=X in the environment, waits and deadlines are X times
/// shorter. Deadlines only end watching: nothing on a BMC is ever stopped by them.
[[nodiscard]] std::unique_ptr<Clock> make_clock();

}  // namespace firmform::cli

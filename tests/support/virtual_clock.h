// SPDX-License-Identifier: Apache-2.0
// The simulation's clock under the name that tests know it by.
#pragma once

#include "engine/simulate/virtual_clock.h"

namespace firmform::tests {

using simulate::run;
using simulate::VirtualClock;

}  // namespace firmform::tests

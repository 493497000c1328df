// SPDX-License-Identifier: Apache-2.0
// Resources of settings that the captures left out: the BMC's network interfaces, and settings objects that only pend.
#pragma once

#include <vector>

#include "tests/simulators/captured_tree.h"

namespace firmform::simulators {

/// Those that `tree` links to and does not hold. Their content is made up, and alike on all machines.
[[nodiscard]] std::vector<CapturedResource> setting_stubs(const CapturedTree& tree);

}  // namespace firmform::simulators

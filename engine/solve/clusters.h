// SPDX-License-Identifier: Apache-2.0
// Parts that no constraint couples are solved apart from each other. Private to engine/solve.
#pragma once

#include <vector>

#include "engine/solve/model.h"

namespace firmform::solve {

/// All parts, and those constraints that can make a difference.
[[nodiscard]] Selection everything(const Study& study);

/// The connected pieces of `selection`, in order of their first parts. Parts that stay where they are and are in no
/// constraint are left out.
[[nodiscard]] std::vector<Selection> clusters(const Study& study, const Selection& selection);

}  // namespace firmform::solve

// SPDX-License-Identifier: Apache-2.0
// Which constraints are to blame when there is no way. Private to engine/solve.
#pragma once

#include <vector>

#include "engine/solve/model.h"

namespace firmform::solve {

/// All constraints of a selection, to be named.
[[nodiscard]] std::vector<Blame> blame(const Problem& problem, const Selection& selection);

/// A minimal part of the constraints of `selection`, which has no way: each is taken out once, and left out when there
/// is no way without it either. Earlier ones stay where others could. What `kMostStates` states do not decide is kept.
[[nodiscard]] Unsolvable find_conflict(const Study& study, const Selection& selection);

}  // namespace firmform::solve

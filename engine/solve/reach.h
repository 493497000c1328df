// SPDX-License-Identifier: Apache-2.0
// Quick proofs that there is no way. Private to engine/solve.
#pragma once

#include "engine/solve/model.h"

namespace firmform::solve {

/// True when there is certainly no way: a goal stays out of reach even if each part could be at all places at once that
/// it has ever reached, or two of the parts cannot get past each other with all others gone. False says nothing.
[[nodiscard]] bool is_clearly_impossible(const Study& study, const Selection& cluster, const Model& model);

}  // namespace firmform::solve

// SPDX-License-Identifier: Apache-2.0
// From a draft to what people read: every step at its earliest, in one order of many, and why each restart is there.
// Private to engine/solve.
#pragma once

#include <vector>

#include "engine/solve/model.h"

namespace firmform::solve {

/// Steps move to the round before as long as the draft stays legal; inside of a round immediate ones come first, then
/// earlier parts. The number of steps stays, that of restarts does not grow.
void tidy(const Model& model, Draft& draft);

/// `because` of each round: what breaks when the first steps of what its restart activates are taken a round earlier.
[[nodiscard]] std::vector<std::vector<std::string>> reasons(const Model& model, const Draft& draft);

}  // namespace firmform::solve

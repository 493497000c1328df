// SPDX-License-Identifier: Apache-2.0
// Choice of the hosts that go first.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/rollout/precedence.h"

namespace firmform::rollout {

struct Canary {
  std::vector<std::size_t> hosts;  ///< numbers, in the order in which they are begun
  std::size_t combinations = 0;    ///< that they meet
};

[[nodiscard]] Canary choose(const manifest::Canary& settings, const Precedence& fleet);

}  // namespace firmform::rollout

// SPDX-License-Identifier: Apache-2.0
// Hosts as numbers, in an order by chance that the seed decides and that does not depend on how they came.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/rollout/rollout.h"

namespace firmform::rollout {

struct Precedence {
  std::vector<const Subject*> hosts;             ///< by chance; the index is the host's number
  std::vector<std::vector<std::size_t>> before;  ///< by number: hosts that must be done first
  /// All numbers, each behind those that it is after; of several that could come next, the lowest. Hosts of a cycle
  /// come last.
  std::vector<std::size_t> order;
};

/// `subjects` outlive the result.
[[nodiscard]] Precedence precedence(const std::vector<Subject>& subjects, std::uint64_t seed);

}  // namespace firmform::rollout

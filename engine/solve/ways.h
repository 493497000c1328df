// SPDX-License-Identifier: Apache-2.0
// All ways of one part to its goal, whatever the other parts do. Private to engine/solve.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engine/solve/solve.h"

namespace firmform::solve {

using Index = std::uint32_t;
inline constexpr Index kNone = std::numeric_limits<Index>::max();

/// A graph whose nodes are (stop, how many of `through` are behind it). Only nodes that are on some way are in it; the
/// goal has no successor, and every other node has at least one.
struct Ways {
  struct Node {
    Index stop = 0;
    bool restart = false;     ///< the step to this node is staged
    Index steps_left = 0;     ///< of the shortest way from here
    Index restarts_left = 0;  ///< of the shortest ways from here, that with the fewest restarts
    Index best = kNone;       ///< the next node on that way; kNone at the goal
    Index next_begin = 0;     ///< in `next`
    Index next_end = 0;
  };
  std::vector<Node> nodes;  ///< the first one is where the part is; empty: there is no way
  std::vector<Index> next;
  Index goal = kNone;
  bool one_shortest = true;  ///< no other way is as short
  bool one_way = true;       ///< there is no other way at all

  [[nodiscard]] bool exist() const { return !nodes.empty(); }
  [[nodiscard]] bool moves() const { return goal != 0 && exist(); }
  [[nodiscard]] std::span<const Index> next_of(Index node) const {
    return {next.data() + nodes[node].next_begin, next.data() + nodes[node].next_end};
  }
};

[[nodiscard]] Ways ways_of(const Part& part);

}  // namespace firmform::solve

// SPDX-License-Identifier: Apache-2.0
// Order of things that need each other, by Boost.Graph. The only place that includes it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace firmform::plan {

/// `before` must be done before `after`. Nodes are indices.
struct Edge {
  std::size_t before;
  std::size_t after;
};

struct Ordering {
  std::vector<std::size_t> nodes;  ///< in a topological order; empty when there is a cycle
  std::vector<std::size_t> cycle;  ///< indices of the edges of one shortest cycle, each leading to the next
};

/// Stable: of the nodes that could come next, the one with the lowest index does.
[[nodiscard]] Ordering order(std::size_t count, std::span<const Edge> edges);

}  // namespace firmform::plan

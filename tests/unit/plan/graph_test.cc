// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/graph.h"

#include <catch2/catch.hpp>

namespace firmform::tests {

using plan::Edge;
using plan::order;
using Nodes = std::vector<std::size_t>;

TEST_CASE("Without edges the order is that of the indices") {
  CHECK(order(3, {}).nodes == Nodes{0, 1, 2});
  CHECK(order(0, {}).nodes.empty());
}

TEST_CASE("An order obeys the edges and otherwise prefers low indices") {
  const std::vector<Edge> edges = {{3, 0}, {2, 1}};
  CHECK(order(4, edges).nodes == Nodes{2, 1, 3, 0});
}

TEST_CASE("Equal edges count once more, not wrongly") {
  const std::vector<Edge> edges = {{1, 0}, {1, 0}};
  CHECK(order(2, edges).nodes == Nodes{1, 0});
}

TEST_CASE("Of several cycles a shortest is shown, edge by edge") {
  // 0 → 1 → 2 → 3 → 0 and 2 → 1.
  const std::vector<Edge> edges = {{0, 1}, {1, 2}, {2, 3}, {3, 0}, {2, 1}};
  const plan::Ordering ordering = order(4, edges);
  CHECK(ordering.nodes.empty());
  CHECK(ordering.cycle == Nodes{1, 4});
}

TEST_CASE("A node that needs itself is the shortest cycle") {
  const std::vector<Edge> edges = {{0, 1}, {1, 0}, {2, 2}};
  CHECK(order(3, edges).cycle == Nodes{2});
}

TEST_CASE("A ring of ten thousand is found in time") {
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < 10'000; ++i) edges.push_back({i, (i + 1) % 10'000});
  CHECK(order(10'000, edges).cycle.size() == 10'000);
}

}  // namespace firmform::tests

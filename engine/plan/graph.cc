// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/graph.h"

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/property_map/property_map.hpp>
#include <boost/range/iterator_range.hpp>

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <queue>
#include <utility>

namespace firmform::plan {
namespace {

struct EdgeIndex {
  std::size_t index = 0;
};
// Compressed rows: a fleet's graph has hundreds of thousands of nodes and is built once.
using Graph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, EdgeIndex>;

Graph make_graph(std::size_t count, std::span<const Edge> edges) {
  std::vector<std::pair<std::size_t, std::size_t>> ends;
  std::vector<EdgeIndex> indices;
  ends.reserve(edges.size());
  indices.reserve(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) {
    ends.emplace_back(edges[i].before, edges[i].after);
    indices.push_back({i});
  }
  return {boost::edges_are_unsorted_multi_pass, ends.begin(), ends.end(), indices.begin(), count};
}

/// Kahn's algorithm with a queue ordered by index; shorter than `count` when there is a cycle.
std::vector<std::size_t> topological(const Graph& graph, std::span<const Edge> edges) {
  const std::size_t count = boost::num_vertices(graph);
  std::vector<std::size_t> missing(count, 0);
  for (const Edge& edge : edges) ++missing[edge.after];
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t node = 0; node < count; ++node) {
    if (missing[node] == 0) ready.push(node);
  }
  std::vector<std::size_t> nodes;
  nodes.reserve(count);
  while (!ready.empty()) {
    const std::size_t node = ready.top();
    ready.pop();
    nodes.push_back(node);
    for (const auto& edge : boost::make_iterator_range(boost::out_edges(node, graph))) {
      const std::size_t next = boost::target(edge, graph);
      if (--missing[next] == 0) ready.push(next);
    }
  }
  return nodes;
}

/// Looks for ways from a node back to itself, breadth first, within strongly connected components.
class CycleSearch {
 public:
  explicit CycleSearch(const Graph& graph)
      : graph_(graph), component_(boost::num_vertices(graph)), arrivals_(boost::num_vertices(graph)) {
    boost::strong_components(
        graph, boost::make_iterator_property_map(component_.begin(), boost::get(boost::vertex_index, graph)));
  }

  /// The shortest way as edge indices; empty when none has fewer than `limit` edges.
  std::vector<std::size_t> way_back(std::size_t start, std::size_t limit) {
    explore(start, limit);
    std::vector<std::size_t> way;
    for (std::size_t node = start; arrivals_[start] && (way.empty() || node != start); node = arrivals_[node]->from) {
      way.push_back(arrivals_[node]->edge);
    }
    std::ranges::reverse(way);
    for (const std::size_t node : reached_) arrivals_[node].reset();
    reached_.clear();
    return way;
  }

 private:
  struct Arrival {
    std::size_t from;
    std::size_t edge;
    std::size_t steps;
  };

  void explore(std::size_t start, std::size_t limit) {
    std::queue<std::size_t> queue;
    queue.push(start);
    while (!queue.empty() && !arrivals_[start]) {
      const std::size_t node = queue.front();
      queue.pop();
      const std::size_t steps = (node == start ? 0 : arrivals_[node]->steps) + 1;
      if (steps >= limit) return;
      for (const auto& edge : boost::make_iterator_range(boost::out_edges(node, graph_))) {
        const std::size_t next = boost::target(edge, graph_);
        if (component_[next] != component_[start] || arrivals_[next]) continue;
        arrivals_[next] = Arrival{node, graph_[edge].index, steps};
        reached_.push_back(next);
        queue.push(next);
      }
    }
  }

  const Graph& graph_;
  std::vector<std::size_t> component_;
  std::vector<std::optional<Arrival>> arrivals_;
  std::vector<std::size_t> reached_;
};

std::vector<std::size_t> shortest_cycle(const Graph& graph) {
  const std::size_t count = boost::num_vertices(graph);
  CycleSearch search(graph);
  std::vector<std::size_t> shortest;
  std::size_t limit = count + 1;
  for (std::size_t start = 0; start < count; ++start) {
    std::vector<std::size_t> way = search.way_back(start, limit);
    if (way.empty()) continue;
    limit = way.size();
    shortest = std::move(way);
  }
  return shortest;
}

}  // namespace

Ordering order(std::size_t count, std::span<const Edge> edges) {
  Ordering ordering;
  if (edges.empty()) {
    ordering.nodes.resize(count);
    std::iota(ordering.nodes.begin(), ordering.nodes.end(), std::size_t{0});
    return ordering;
  }
  const Graph graph = make_graph(count, edges);
  ordering.nodes = topological(graph, edges);
  if (ordering.nodes.size() == count) return ordering;
  ordering.nodes.clear();
  ordering.cycle = shortest_cycle(graph);
  return ordering;
}

}  // namespace firmform::plan

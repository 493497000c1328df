// SPDX-License-Identifier: Apache-2.0
#include "engine/solve/ways.h"

#include <algorithm>
#include <utility>

namespace firmform::solve {
namespace {

bool is_well_formed(const Part& part) {
  const auto is_stop = [&](std::size_t stop) { return stop < part.stops.size(); };
  return is_stop(0) && is_stop(part.goal) && std::ranges::all_of(part.through, is_stop);
}

/// Successors of each stop, each once, in the order of the part's edges.
std::vector<std::vector<Index>> successors(const Part& part) {
  std::vector<std::vector<Index>> next(part.stops.size());
  for (const Part::Edge& edge : part.edges) {
    if (edge.from >= part.stops.size() || edge.to >= part.stops.size() || edge.from == edge.to) continue;
    const Index to = static_cast<Index>(edge.to);
    if (std::ranges::find(next[edge.from], to) == next[edge.from].end()) next[edge.from].push_back(to);
  }
  return next;
}

/// A node while the graph is built: stop and progress along `through`.
struct Place {
  Index stop = 0;
  Index passed = 0;
};

/// The graph of everything that can be reached, in breadth-first order, before what leads nowhere is taken out.
class Exploration {
 public:
  explicit Exploration(const Part& part) : part_(part), width_(part.through.size() + 1) {
    number_.assign(part.stops.size() * width_, kNone);
    const std::vector<std::vector<Index>> successor = successors(part);
    enter(0, 0);
    for (Index i = 0; i < places_.size(); ++i) {
      if (i == goal_) continue;
      const Place place = places_[i];
      for (const Index stop : successor[place.stop]) {
        const Index to = enter(stop, place.passed);
        edges_.emplace_back(i, to);
      }
    }
  }

  [[nodiscard]] Index size() const { return static_cast<Index>(places_.size()); }
  [[nodiscard]] Index goal() const { return goal_; }
  [[nodiscard]] const Place& place(Index node) const { return places_[node]; }
  [[nodiscard]] const std::vector<std::pair<Index, Index>>& edges() const { return edges_; }

  /// Steps from each node to the goal; kNone where there is no way.
  [[nodiscard]] std::vector<Index> steps_left() const {
    std::vector<std::vector<Index>> before(places_.size());
    for (const auto& [from, to] : edges_) before[to].push_back(from);
    std::vector<Index> steps(places_.size(), kNone);
    steps[goal_] = 0;
    std::vector<Index> queue{goal_};
    for (std::size_t i = 0; i < queue.size(); ++i) {
      for (const Index node : before[queue[i]]) {
        if (steps[node] != kNone) continue;
        steps[node] = steps[queue[i]] + 1;
        queue.push_back(node);
      }
    }
    return steps;
  }

 private:
  Index enter(Index stop, Index passed) {
    while (passed < part_.through.size() && part_.through[passed] == stop) ++passed;
    Index& number = number_[stop * width_ + passed];
    if (number != kNone) return number;
    number = static_cast<Index>(places_.size());
    places_.push_back({stop, passed});
    if (stop == part_.goal && passed == part_.through.size()) goal_ = number;
    return number;
  }

  const Part& part_;
  std::size_t width_;
  std::vector<Index> number_;
  std::vector<Place> places_;
  std::vector<std::pair<Index, Index>> edges_;  ///< sorted by their beginnings
  Index goal_ = kNone;
};

/// The nodes that lead to the goal and the edges between them.
Ways without_dead_ends(const Part& part, const Exploration& exploration, const std::vector<Index>& steps_left) {
  Ways ways;
  std::vector<Index> number(exploration.size(), kNone);
  for (Index i = 0; i < exploration.size(); ++i) {
    if (steps_left[i] == kNone) continue;
    number[i] = static_cast<Index>(ways.nodes.size());
    const Index stop = exploration.place(i).stop;
    ways.nodes.push_back({.stop = stop, .restart = part.stops[stop].needs_restart, .steps_left = steps_left[i]});
  }
  ways.goal = number[exploration.goal()];
  auto edge = exploration.edges().begin();
  for (Index i = 0; i < exploration.size(); ++i) {
    const Index begin = static_cast<Index>(ways.next.size());
    for (; edge != exploration.edges().end() && edge->first == i; ++edge) {
      if (number[i] != kNone && number[edge->second] != kNone) ways.next.push_back(number[edge->second]);
    }
    if (number[i] == kNone) continue;
    ways.nodes[number[i]].next_begin = begin;
    ways.nodes[number[i]].next_end = static_cast<Index>(ways.next.size());
  }
  return ways;
}

/// Chooses `best` everywhere, from the goal backwards.
void choose_best(Ways& ways) {
  std::vector<Index> by_distance(ways.nodes.size());
  for (Index i = 0; i < by_distance.size(); ++i) by_distance[i] = i;
  std::ranges::sort(by_distance, {}, [&](Index i) { return std::pair(ways.nodes[i].steps_left, i); });
  for (const Index i : by_distance) {
    Ways::Node& node = ways.nodes[i];
    for (const Index j : ways.next_of(i)) {
      const Ways::Node& next = ways.nodes[j];
      if (next.steps_left + 1 != node.steps_left) continue;
      const Index restarts = next.restarts_left + (next.restart ? 1 : 0);
      if (node.best != kNone && restarts >= node.restarts_left) continue;
      node.best = j;
      node.restarts_left = restarts;
    }
  }
}

void note_uniqueness(Ways& ways) {
  for (Index i = 0; i < ways.nodes.size(); ++i) ways.one_way = ways.one_way && ways.next_of(i).size() <= 1;
  for (Index i = 0; i != ways.goal; i = ways.nodes[i].best) {
    const auto is_shortest = [&](Index j) { return ways.nodes[j].steps_left + 1 == ways.nodes[i].steps_left; };
    ways.one_shortest = ways.one_shortest && std::ranges::count_if(ways.next_of(i), is_shortest) == 1;
  }
}

}  // namespace

Ways ways_of(const Part& part) {
  if (!is_well_formed(part)) return {};
  const Exploration exploration(part);
  if (exploration.goal() == kNone) return {};
  Ways ways = without_dead_ends(part, exploration, exploration.steps_left());
  choose_best(ways);
  note_uniqueness(ways);
  return ways;
}

}  // namespace firmform::solve

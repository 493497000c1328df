// SPDX-License-Identifier: Apache-2.0
// What may be done in which state: the meaning of a Problem, in one place. Private to engine/solve.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/solve/solve.h"
#include "engine/solve/ways.h"

namespace firmform::solve {

/// A problem, and what is known of it before any constraint is looked at.
struct Study {
  /// A rule over nodes instead of stops.
  struct NodeRule {
    std::vector<char> in_a;  ///< by node of `a`
    std::vector<char> in_b;
    bool matters = false;  ///< some way of `a` and some way of `b` can break it
  };
  explicit Study(const Problem& of);

  const Problem& problem;
  std::vector<Ways> ways;
  std::vector<NodeRule> rules;
  [[nodiscard]] bool order_matters(std::size_t index) const;
  [[nodiscard]] bool apart_matters(std::size_t index) const;
};

/// Parts and constraints of a problem, by their indexes there, in ascending order.
struct Selection {
  std::vector<std::size_t> parts;
  std::vector<std::size_t> rules;
  std::vector<std::size_t> orders;
  std::vector<std::size_t> aparts;
};

/// Where all parts of a model are.
struct State {
  std::vector<Index> at;      ///< active node by part
  std::vector<Index> staged;  ///< what the next restart makes active; kNone: nothing
  std::vector<char> armed;    ///< by rule: it counts, for it has held once
};

/// What stands in the way of a step or of a restart.
struct Obstacle {
  enum class Kind { rule, order, apart, pending };
  Kind kind = Kind::rule;
  std::size_t index = 0;  ///< in the problem's vector; 0 when pending
  Index one = kNone;      ///< the parts that it is about, in the model
  Index other = kNone;
};

/// A part of a problem that can be solved by itself. Its parts are numbered anew.
class Model {
 public:
  struct Rule {
    Index a = 0;
    Index b = 0;
    const std::vector<char>* in_a = nullptr;
    const std::vector<char>* in_b = nullptr;
    bool before_step = true;
    bool holds_at_start = true;
    std::size_t index = 0;  ///< in the problem
    [[nodiscard]] bool broken(Index a_node, Index b_node) const { return (*in_a)[a_node] && (*in_b)[b_node]; }
  };
  /// The other part of an order or a pair.
  struct Tie {
    Index other = 0;
    std::size_t index = 0;  ///< in the problem
  };

  Model(const Study& study, const Selection& selection);

  [[nodiscard]] const Problem& problem() const { return *problem_; }
  [[nodiscard]] Index size() const { return static_cast<Index>(ways_.size()); }
  [[nodiscard]] std::size_t part(Index i) const { return parts_[i]; }  ///< in the problem
  [[nodiscard]] const Ways& ways(Index i) const { return *ways_[i]; }
  [[nodiscard]] const Ways::Node& node(Index i, Index node) const { return ways_[i]->nodes[node]; }
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }
  [[nodiscard]] const std::vector<Index>& rules_of(Index i) const { return rules_of_[i]; }
  [[nodiscard]] const std::vector<Tie>& must_follow(Index i) const { return must_follow_[i]; }
  [[nodiscard]] const std::vector<Tie>& aparts_of(Index i) const { return aparts_of_[i]; }
  /// Sets of parts of which no two may share a restart; every pair is in at least one.
  [[nodiscard]] const std::vector<std::vector<Index>>& cliques() const { return cliques_; }

  [[nodiscard]] State start() const;
  [[nodiscard]] bool is_done(const State& state) const;
  [[nodiscard]] bool may_step(const State& state, Index part, Index to) const;
  [[nodiscard]] bool may_restart(const State& state) const;
  /// All that stands in the way, for people.
  [[nodiscard]] std::vector<Obstacle> obstacles(const State& state, Index part, Index to) const;
  [[nodiscard]] std::vector<Obstacle> restart_obstacles(const State& state) const;
  /// Both ask that there is no obstacle.
  void step(State& state, Index part, Index to) const;
  void restart(State& state) const;

 private:
  void add_rules(const Study& study, const Selection& selection);
  void add_ties(const Selection& selection);
  void find_cliques();
  /// Each calls `found` with one obstacle after another until that says false; false when it did.
  template <class Found>
  bool visit_obstacles(const State& state, Index part, Index to, const Found& found) const;
  template <class Found>
  bool visit_broken_rules(const State& state, Index part, Index to, const Found& found) const;
  template <class Found>
  bool visit_restart_obstacles(const State& state, const Found& found) const;
  void arm(State& state) const;
  [[nodiscard]] Index local(std::size_t part) const;

  const Problem* problem_;
  std::vector<std::size_t> parts_;
  std::vector<const Ways*> ways_;
  std::vector<Rule> rules_;
  std::vector<std::vector<Index>> rules_of_;
  std::vector<std::vector<Tie>> must_follow_;
  std::vector<std::vector<Tie>> aparts_of_;
  std::vector<std::vector<Index>> cliques_;
};

/// A step between nodes.
struct Move {
  Index part = 0;
  Index from = 0;
  Index to = 0;
};
struct DraftRound {
  std::vector<Move> moves;
  bool restart = false;
};
using Draft = std::vector<DraftRound>;

/// Fewer steps are better; of as many, fewer restarts.
struct Cost {
  Index steps = 0;
  Index restarts = 0;
  auto operator<=>(const Cost&) const = default;
};
[[nodiscard]] Cost cost_of(const Draft& draft);

/// What is needed at least from `state` on: exact for steps when no constraint forces a detour.
[[nodiscard]] Cost least_cost(const Model& model, const State& state);

}  // namespace firmform::solve

// SPDX-License-Identifier: Apache-2.0
#include "engine/solve/reach.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/solve/search.h"

namespace firmform::solve {
namespace {

/// More than two parts have together, unless they have hundreds of stops.
constexpr std::size_t kMostPairStates = 10'000;

class Reach {
 public:
  explicit Reach(const Model& model) : model_(model), reached_(model.size()) {
    for (Index i = 0; i < model.size(); ++i) {
      reached_[i].assign(model.ways(i).nodes.size(), 0);
      reached_[i][0] = 1;
    }
    while (spread()) {
    }
  }

  [[nodiscard]] bool has_all_goals() const {
    for (Index i = 0; i < model_.size(); ++i) {
      if (!reached_[i][model_.ways(i).goal]) return false;
    }
    return true;
  }

 private:
  bool spread() {
    bool grown = false;
    for (Index i = 0; i < model_.size(); ++i) {
      for (Index node = 0; node < reached_[i].size(); ++node) {
        if (!reached_[i][node]) continue;
        for (const Index to : model_.ways(i).next_of(node)) {
          if (reached_[i][to] || !may_go(i, to)) continue;
          reached_[i][to] = 1;
          grown = true;
        }
      }
    }
    return grown;
  }

  [[nodiscard]] bool may_go(Index part, Index to) const {
    const auto is_done = [&](const Model::Tie& tie) {
      return tie.other != part && reached_[tie.other][model_.ways(tie.other).goal];
    };
    const auto permits = [&](Index number) { return allows(model_.rules()[number], part, to); };
    return std::ranges::all_of(model_.must_follow(part), is_done) &&
           std::ranges::all_of(model_.rules_of(part), permits);
  }

  [[nodiscard]] bool allows(const Model::Rule& rule, Index part, Index to) const {
    if (!rule.holds_at_start) return true;
    if (rule.a == rule.b) return !rule.broken(to, to);
    const bool is_a = rule.a == part;
    if (!(is_a ? *rule.in_a : *rule.in_b)[to]) return true;
    const bool shares_restart = model_.node(part, to).restart && !(is_a && rule.before_step);
    return is_somewhere_else(is_a ? rule.b : rule.a, is_a ? *rule.in_b : *rule.in_a, shares_restart);
  }

  /// `part` can be outside of `set`; with `shares_restart`, at the end of the next restart at least.
  [[nodiscard]] bool is_somewhere_else(Index part, const std::vector<char>& set, bool shares_restart) const {
    const auto is_way_out = [&](Index to) { return model_.node(part, to).restart && !set[to]; };
    for (Index node = 0; node < reached_[part].size(); ++node) {
      if (!reached_[part][node]) continue;
      if (!set[node] || (shares_restart && std::ranges::any_of(model_.ways(part).next_of(node), is_way_out)))
        return true;
    }
    return false;
  }

  const Model& model_;
  std::vector<std::vector<char>> reached_;  ///< by part and node
};

bool ends_break_a_rule(const Model& model) {
  return std::ranges::any_of(model.rules(), [&](const Model::Rule& rule) {
    return rule.broken(model.ways(rule.a).goal, model.ways(rule.b).goal);
  });
}

using Pair = std::pair<std::size_t, std::size_t>;

Pair pair_of(std::size_t a, std::size_t b) {
  return {std::min(a, b), std::max(a, b)};
}

/// Each two parts, and all constraints between them.
std::map<Pair, Selection> pairs_in(const Problem& problem, const Selection& cluster) {
  std::map<Pair, Selection> pairs;
  for (const std::size_t i : cluster.rules) pairs[pair_of(problem.rules[i].a, problem.rules[i].b)].rules.push_back(i);
  for (const std::size_t i : cluster.orders) {
    pairs[pair_of(problem.orders[i].before, problem.orders[i].after)].orders.push_back(i);
  }
  for (const std::size_t i : cluster.aparts)
    pairs[pair_of(problem.aparts[i].a, problem.aparts[i].b)].aparts.push_back(i);
  for (auto& [pair, selection] : pairs) {
    selection.parts.push_back(pair.first);
    if (pair.second != pair.first) selection.parts.push_back(pair.second);
  }
  return pairs;
}

bool has_no_way(const Study& study, const Selection& pair) {
  const SearchResult found = search_any(Model(study, pair), kMostPairStates);
  return !found.draft && found.finished;
}

bool has_impossible_pair(const Study& study, const Selection& cluster) {
  if (cluster.parts.size() <= 2) return false;
  const std::map<Pair, Selection> pairs = pairs_in(study.problem, cluster);
  return std::ranges::any_of(pairs, [&](const auto& entry) { return has_no_way(study, entry.second); });
}

}  // namespace

bool is_clearly_impossible(const Study& study, const Selection& cluster, const Model& model) {
  return ends_break_a_rule(model) || !Reach(model).has_all_goals() || has_impossible_pair(study, cluster);
}

}  // namespace firmform::solve

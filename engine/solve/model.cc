// SPDX-License-Identifier: Apache-2.0
#include "engine/solve/model.h"

#include <algorithm>

namespace firmform::solve {
namespace {

bool contains(const std::vector<bool>& stops, Index stop) {
  return stop < stops.size() && stops[stop];
}

std::vector<char> by_node(const Ways& ways, const std::vector<bool>& stops) {
  std::vector<char> in(ways.nodes.size());
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = contains(stops, ways.nodes[i].stop) ? 1 : 0;
  return in;
}

bool any(const std::vector<char>& in) {
  return std::ranges::find(in, 1) != in.end();
}

bool ever_restarts(const Ways& ways) {
  return ways.moves() && std::any_of(ways.nodes.begin() + 1, ways.nodes.end(), [](const auto& n) { return n.restart; });
}

}  // namespace

Study::Study(const Problem& of) : problem(of) {
  ways.reserve(problem.parts.size());
  for (const Part& part : problem.parts) ways.push_back(ways_of(part));
  rules.reserve(problem.rules.size());
  for (const Rule& rule : problem.rules) {
    NodeRule over_nodes{by_node(ways[rule.a], rule.a_stops), by_node(ways[rule.b], rule.b_stops)};
    over_nodes.matters = any(over_nodes.in_a) && any(over_nodes.in_b);
    rules.push_back(std::move(over_nodes));
  }
}

bool Study::order_matters(std::size_t index) const {
  const Order& order = problem.orders[index];
  return ways[order.before].moves() && ways[order.after].moves();
}

bool Study::apart_matters(std::size_t index) const {
  const Apart& apart = problem.aparts[index];
  return apart.a != apart.b && ever_restarts(ways[apart.a]) && ever_restarts(ways[apart.b]);
}

Model::Model(const Study& study, const Selection& selection) : problem_(&study.problem), parts_(selection.parts) {
  ways_.reserve(parts_.size());
  for (const std::size_t part : parts_) ways_.push_back(&study.ways[part]);
  rules_of_.resize(parts_.size());
  must_follow_.resize(parts_.size());
  aparts_of_.resize(parts_.size());
  add_rules(study, selection);
  add_ties(selection);
  find_cliques();
}

Index Model::local(std::size_t part) const {
  return static_cast<Index>(std::ranges::lower_bound(parts_, part) - parts_.begin());
}

void Model::add_rules(const Study& study, const Selection& selection) {
  rules_.reserve(selection.rules.size());
  for (const std::size_t index : selection.rules) {
    const auto& rule = problem_->rules[index];
    const Study::NodeRule& nodes = study.rules[index];
    const Index number = static_cast<Index>(rules_.size());
    rules_.push_back({.a = local(rule.a),
                      .b = local(rule.b),
                      .in_a = &nodes.in_a,
                      .in_b = &nodes.in_b,
                      .before_step = rule.before_step,
                      .index = index});
    rules_.back().holds_at_start = !rules_.back().broken(0, 0);
    rules_of_[rules_.back().a].push_back(number);
    if (rule.a != rule.b) rules_of_[rules_.back().b].push_back(number);
  }
}

void Model::add_ties(const Selection& selection) {
  for (const std::size_t index : selection.orders) {
    const Order& order = problem_->orders[index];
    must_follow_[local(order.after)].push_back({local(order.before), index});
  }
  for (const std::size_t index : selection.aparts) {
    const Apart& apart = problem_->aparts[index];
    aparts_of_[local(apart.a)].push_back({local(apart.b), index});
    aparts_of_[local(apart.b)].push_back({local(apart.a), index});
  }
}

void Model::find_cliques() {
  const auto are_apart = [&](Index a, Index b) {
    return std::ranges::find(aparts_of_[a], b, &Tie::other) != aparts_of_[a].end();
  };
  const auto is_covered = [&](Index a, Index b) {
    return std::ranges::any_of(cliques_, [&](const std::vector<Index>& clique) {
      return std::ranges::binary_search(clique, a) && std::ranges::binary_search(clique, b);
    });
  };
  for (Index a = 0; a < size(); ++a) {
    for (const Tie& tie : aparts_of_[a]) {
      if (tie.other < a || is_covered(a, tie.other)) continue;
      std::vector<Index> clique{a, tie.other};
      for (Index c = 0; c < size(); ++c) {
        if (std::ranges::all_of(clique, [&](Index member) { return are_apart(member, c); })) clique.push_back(c);
      }
      std::ranges::sort(clique);
      cliques_.push_back(std::move(clique));
    }
  }
}

State Model::start() const {
  State state{.at = std::vector<Index>(size(), 0), .staged = std::vector<Index>(size(), kNone), .armed = {}};
  state.armed.reserve(rules_.size());
  for (const Rule& rule : rules_) state.armed.push_back(rule.holds_at_start ? 1 : 0);
  return state;
}

bool Model::is_done(const State& state) const {
  for (Index i = 0; i < size(); ++i) {
    if (state.at[i] != ways_[i]->goal) return false;
  }
  return std::ranges::none_of(rules_, [&](const Rule& r) { return r.broken(state.at[r.a], state.at[r.b]); });
}

template <class Found>
bool Model::visit_broken_rules(const State& state, Index part, Index to, const Found& found) const {
  const bool at_once = !node(part, to).restart;
  for (const Index number : rules_of_[part]) {
    const Rule& rule = rules_[number];
    if (!state.armed[number]) continue;
    const Index a = rule.a == part ? to : state.at[rule.a];
    const Index b = rule.b == part ? to : state.at[rule.b];
    const bool begins_too_early = rule.before_step && rule.a == part && rule.broken(to, state.at[rule.b]);
    const bool broken = begins_too_early || (at_once && rule.broken(a, b));
    if (broken && !found(Obstacle{Obstacle::Kind::rule, rule.index, rule.a, rule.b})) return false;
  }
  return true;
}

template <class Found>
bool Model::visit_obstacles(const State& state, Index part, Index to, const Found& found) const {
  if (state.staged[part] != kNone && !found(Obstacle{Obstacle::Kind::pending, 0, part, part})) return false;
  for (const Tie& tie : must_follow_[part]) {
    const bool waits = state.at[tie.other] != ways_[tie.other]->goal;
    if (waits && !found(Obstacle{Obstacle::Kind::order, tie.index, part, tie.other})) return false;
  }
  if (!visit_broken_rules(state, part, to, found)) return false;
  if (!node(part, to).restart) return true;
  for (const Tie& tie : aparts_of_[part]) {
    const bool clashes = state.staged[tie.other] != kNone;
    if (clashes && !found(Obstacle{Obstacle::Kind::apart, tie.index, part, tie.other})) return false;
  }
  return true;
}

template <class Found>
bool Model::visit_restart_obstacles(const State& state, const Found& found) const {
  const auto after = [&](Index i) { return state.staged[i] == kNone ? state.at[i] : state.staged[i]; };
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    const bool broken = state.armed[i] && rule.broken(after(rule.a), after(rule.b));
    if (broken && !found(Obstacle{Obstacle::Kind::rule, rule.index, rule.a, rule.b})) return false;
  }
  return true;
}

bool Model::may_step(const State& state, Index part, Index to) const {
  return visit_obstacles(state, part, to, [](const Obstacle&) { return false; });
}

bool Model::may_restart(const State& state) const {
  return visit_restart_obstacles(state, [](const Obstacle&) { return false; });
}

std::vector<Obstacle> Model::obstacles(const State& state, Index part, Index to) const {
  std::vector<Obstacle> all;
  visit_obstacles(state, part, to, [&](const Obstacle& found) {
    all.push_back(found);
    return true;
  });
  return all;
}

std::vector<Obstacle> Model::restart_obstacles(const State& state) const {
  std::vector<Obstacle> all;
  visit_restart_obstacles(state, [&](const Obstacle& found) {
    all.push_back(found);
    return true;
  });
  return all;
}

void Model::step(State& state, Index part, Index to) const {
  if (node(part, to).restart) {
    state.staged[part] = to;
    return;
  }
  state.at[part] = to;
  arm(state);
}

void Model::restart(State& state) const {
  for (Index i = 0; i < size(); ++i) {
    if (state.staged[i] == kNone) continue;
    state.at[i] = state.staged[i];
    state.staged[i] = kNone;
  }
  arm(state);
}

void Model::arm(State& state) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    if (!state.armed[i] && !rule.broken(state.at[rule.a], state.at[rule.b])) state.armed[i] = 1;
  }
}

Cost cost_of(const Draft& draft) {
  Cost cost;
  for (const DraftRound& round : draft) {
    cost.steps += static_cast<Index>(round.moves.size());
    cost.restarts += round.restart ? 1 : 0;
  }
  return cost;
}

Cost least_cost(const Model& model, const State& state) {
  const auto restarts_of = [&](Index i) {
    const Index staged = state.staged[i];
    return staged == kNone ? model.node(i, state.at[i]).restarts_left : 1 + model.node(i, staged).restarts_left;
  };
  Cost cost;
  for (Index i = 0; i < model.size(); ++i) {
    cost.steps += model.node(i, state.staged[i] == kNone ? state.at[i] : state.staged[i]).steps_left;
    cost.restarts = std::max(cost.restarts, restarts_of(i));
  }
  for (const std::vector<Index>& clique : model.cliques()) {
    Index sum = 0;
    for (const Index i : clique) sum += restarts_of(i);
    cost.restarts = std::max(cost.restarts, sum);
  }
  return cost;
}

}  // namespace firmform::solve

// SPDX-License-Identifier: Apache-2.0
#include "engine/solve/search.h"

#include <algorithm>
#include <queue>
#include <unordered_set>

namespace firmform::solve {
namespace {

/// Steps that can be taken without looking at any alternative: taking them now leaves the other parts every
/// possibility that they would have had, and costs nothing. They keep independent parts from multiplying the states.
class Harmless {
 public:
  explicit Harmless(const Model& model) : model_(model), free_(model.size()), can_meet_(model.rules().size()) {
    for (Index i = 0; i < model.size(); ++i) find_free_nodes(i);
    for (std::size_t i = 0; i < can_meet_.size(); ++i) {
      const Model::Rule& rule = model.rules()[i];
      can_meet_[i] = {can_meet(rule.a, *rule.in_a), can_meet(rule.b, *rule.in_b)};
    }
  }

  /// The first such step in `state`, immediate ones first.
  [[nodiscard]] std::optional<Move> find(const State& state) const {
    for (const bool restart : {false, true}) {
      for (Index i = 0; i < model_.size(); ++i) {
        const Index from = state.at[i];
        const Index to = model_.node(i, from).best;
        if (to == kNone || model_.node(i, to).restart != restart || !model_.may_step(state, i, to)) continue;
        const bool is_pair = restart && !model_.aparts_of(i).empty();
        if (!is_pair && (free_[i][from] || is_only_choice(state, i, to))) return Move{i, from, to};
      }
    }
    return std::nullopt;
  }

 private:
  /// From a free node on, the best way goes through nodes that no rule knows.
  void find_free_nodes(Index i) {
    const Ways& ways = model_.ways(i);
    free_[i].assign(ways.nodes.size(), 0);
    free_[i][ways.goal] = 1;
    if (!model_.aparts_of(i).empty()) return;
    std::vector<char> touched(ways.nodes.size(), 0);
    for (const Index number : model_.rules_of(i)) {
      const Model::Rule& rule = model_.rules()[number];
      for (Index node = 0; node < touched.size(); ++node) {
        const bool is_touched = (rule.a == i && (*rule.in_a)[node]) || (rule.b == i && (*rule.in_b)[node]);
        touched[node] = touched[node] || is_touched ? 1 : 0;
      }
    }
    for (Index node = 0; node < ways.nodes.size(); ++node) {
      Index place = node;
      while (place != ways.goal && !touched[ways.nodes[place].best]) place = ways.nodes[place].best;
      free_[i][node] = place == ways.goal ? 1 : 0;
    }
  }

  /// By node of `part`: from there it can come to `set`, or is in it.
  [[nodiscard]] std::vector<char> can_meet(Index part, const std::vector<char>& set) const {
    std::vector<char> meets = set;
    const Ways& ways = model_.ways(part);
    for (bool grown = true; grown;) {
      grown = false;
      for (Index node = 0; node < meets.size(); ++node) {
        if (meets[node] || std::ranges::none_of(ways.next_of(node), [&](Index to) { return meets[to]; })) continue;
        meets[node] = 1;
        grown = true;
      }
    }
    return meets;
  }

  /// The part has no other way, and at `to` it is in nobody's way more than where it is.
  [[nodiscard]] bool is_only_choice(const State& state, Index part, Index to) const {
    const Index from = state.at[part];
    if (model_.ways(part).next_of(from).size() != 1) return false;
    return std::ranges::all_of(model_.rules_of(part), [&](Index number) {
      const Model::Rule& rule = model_.rules()[number];
      if (rule.a == rule.b) return false;
      const bool is_a = rule.a == part;
      const std::vector<char>& own = is_a ? *rule.in_a : *rule.in_b;
      if (!own[to] || own[from]) return true;
      return !(is_a ? can_meet_[number].b[state.at[rule.b]] : can_meet_[number].a[state.at[rule.a]]);
    });
  }

  struct Meetings {
    std::vector<char> a;
    std::vector<char> b;
  };
  const Model& model_;
  std::vector<std::vector<char>> free_;
  std::vector<Meetings> can_meet_;  ///< by rule
};

enum class Aim { best, any };

class Search {
 public:
  Search(const Model& model, Aim aim, const std::optional<Cost>& bound, std::size_t most_states)
      : model_(model),
        harmless_(model),
        aim_(aim),
        bound_(bound),
        most_states_(most_states),
        state_(model.start()),
        after_(state_),
        known_(0, Hash{this}, Equal{this}) {
    for (std::size_t i = 0; i < state_.armed.size(); ++i) {
      if (!state_.armed[i]) late_rules_.push_back(i);
    }
    width_ = 2 * std::size_t{model.size()} + late_rules_.size();
  }

  SearchResult run() {
    visit(kNone, {}, {});
    while (!open_.empty()) {
      const Entry entry = open_.top();
      open_.pop();
      const Visit& visited = visits_[entry.visit];
      if (visited.cost != entry.cost || visited.closed) continue;
      visits_[entry.visit].closed = true;
      load(entry.visit);
      if (model_.is_done(state_)) return {.draft = draft_to(entry.visit), .finished = true, .states = visits_.size()};
      if (visits_.size() > most_states_) return {.draft = {}, .finished = false, .states = visits_.size()};
      expand(entry.visit);
    }
    return {.draft = {}, .finished = true, .states = visits_.size()};
  }

 private:
  /// What led to a state: a step, or a restart when `move.part` is kNone.
  struct Visit {
    Index before = kNone;
    Move move;
    Cost cost;
    bool closed = false;
  };
  struct Entry {
    Cost estimate;  ///< of the whole way; with Aim::any, of the rest
    Cost cost;      ///< so far
    Index number;
    Index visit;
    /// The queue gives the greatest: the lowest estimate, of equals the farthest, then the first.
    bool operator<(const Entry& other) const {
      if (estimate != other.estimate) return estimate > other.estimate;
      if (cost != other.cost) return cost < other.cost;
      return number > other.number;
    }
  };
  struct Hash {
    const Search* search;
    std::size_t operator()(Index visit) const {
      std::size_t hash = 14695981039346656037U;
      for (std::size_t i = 0; i < search->width_; ++i) hash = (hash ^ search->row(visit)[i]) * 1099511628211U;
      return hash;
    }
  };
  struct Equal {
    const Search* search;
    bool operator()(Index a, Index b) const {
      return std::equal(search->row(a), search->row(a) + search->width_, search->row(b));
    }
  };

  [[nodiscard]] const Index* row(Index visit) const { return rows_.data() + visit * width_; }

  void load(Index visit) {
    const Index* values = row(visit);
    state_.at.assign(values, values + model_.size());
    state_.staged.assign(values + model_.size(), values + 2 * model_.size());
    for (std::size_t i = 0; i < late_rules_.size(); ++i) {
      state_.armed[late_rules_[i]] = values[2 * model_.size() + i] != 0 ? 1 : 0;
    }
  }

  void append(const State& state) {
    rows_.insert(rows_.end(), state.at.begin(), state.at.end());
    rows_.insert(rows_.end(), state.staged.begin(), state.staged.end());
    for (const std::size_t rule : late_rules_) rows_.push_back(state.armed[rule] ? 1 : 0);
  }

  /// Notes that `after_` was reached.
  void visit(Index before, const Move& move, const Cost& cost) {
    const Cost rest = least_cost(model_, after_);
    const Cost whole{cost.steps + rest.steps, cost.restarts + rest.restarts};
    if (bound_ && whole >= *bound_) return;
    append(after_);
    const Index fresh = static_cast<Index>(visits_.size());
    const auto [found, is_new] = known_.insert(fresh);
    const Index here = *found;
    if (!is_new) rows_.resize(rows_.size() - width_);
    if (!is_new && visits_[here].cost <= cost) return;
    if (is_new) visits_.emplace_back();
    visits_[here] = {.before = before, .move = move, .cost = cost};
    open_.push({aim_ == Aim::best ? whole : rest, cost, number_++, here});
  }

  void expand(Index here) {
    if (const auto move = harmless_.find(state_)) {
      take(here, *move);
      return;
    }
    for (const bool restart : {false, true}) {
      for (Index i = 0; i < model_.size(); ++i) {
        for (const Index to : model_.ways(i).next_of(state_.at[i])) {
          if (model_.node(i, to).restart != restart || !model_.may_step(state_, i, to)) continue;
          take(here, {i, state_.at[i], to});
        }
      }
    }
    take_restart(here);
  }

  void take(Index here, const Move& move) {
    after_ = state_;
    model_.step(after_, move.part, move.to);
    const Cost cost = visits_[here].cost;
    visit(here, move, {cost.steps + 1, cost.restarts});
  }

  void take_restart(Index here) {
    const bool is_needed = std::ranges::any_of(state_.staged, [](Index node) { return node != kNone; });
    if (!is_needed || !model_.may_restart(state_)) return;
    after_ = state_;
    model_.restart(after_);
    const Cost cost = visits_[here].cost;
    visit(here, {.part = kNone}, {cost.steps, cost.restarts + 1});
  }

  [[nodiscard]] Draft draft_to(Index visit) const {
    std::vector<Move> moves;
    for (Index i = visit; visits_[i].before != kNone; i = visits_[i].before) moves.push_back(visits_[i].move);
    Draft draft;
    bool begins = true;
    for (const Move& move : std::vector<Move>(moves.rbegin(), moves.rend())) {
      if (begins) draft.emplace_back();
      begins = move.part == kNone;
      if (begins) {
        draft.back().restart = true;
      } else {
        draft.back().moves.push_back(move);
      }
    }
    return draft;
  }

  const Model& model_;
  Harmless harmless_;
  Aim aim_;
  std::optional<Cost> bound_;
  std::size_t most_states_;
  State state_;                          ///< the one that is being expanded
  State after_;                          ///< its successor
  std::vector<std::size_t> late_rules_;  ///< those that do not count from the beginning
  std::size_t width_ = 0;                ///< numbers that make a state
  std::vector<Index> rows_;              ///< all states that were met, one after another
  std::vector<Visit> visits_;
  std::unordered_set<Index, Hash, Equal> known_;
  std::priority_queue<Entry> open_;
  Index number_ = 0;
};

}  // namespace

SearchResult search_best(const Model& model, const std::optional<Cost>& bound, std::size_t most_states) {
  return Search(model, Aim::best, bound, most_states).run();
}

SearchResult search_any(const Model& model, std::size_t most_states) {
  return Search(model, Aim::any, std::nullopt, most_states).run();
}

}  // namespace firmform::solve

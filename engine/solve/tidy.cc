// SPDX-License-Identifier: Apache-2.0
#include "engine/solve/tidy.h"

#include <algorithm>

namespace firmform::solve {
namespace {

using Obstacles = std::vector<Obstacle>;

/// Takes the steps of a round up to the first that is not legal, and tells what is in its way.
Obstacles play(const Model& model, State& state, const DraftRound& round) {
  for (const Move& move : round.moves) {
    if (!model.may_step(state, move.part, move.to)) return model.obstacles(state, move.part, move.to);
    model.step(state, move.part, move.to);
  }
  if (!round.restart) return {};
  if (!model.may_restart(state)) return model.restart_obstacles(state);
  model.restart(state);
  return {};
}

/// What is in the way of the rounds from `first` on, beginning in `state`.
Obstacles play(const Model& model, State state, const Draft& draft, std::size_t first) {
  for (std::size_t i = first; i < draft.size(); ++i) {
    if (Obstacles found = play(model, state, draft[i]); !found.empty()) return found;
  }
  return {};
}

/// The states in which the rounds begin.
std::vector<State> beginnings(const Model& model, const Draft& draft) {
  std::vector<State> states{model.start()};
  for (const DraftRound& round : draft) {
    State state = states.back();
    play(model, state, round);
    states.push_back(std::move(state));
  }
  return states;
}

/// The first step of `part` in round `index` is taken at the end of the round before.
Draft with_earlier_step(const Draft& draft, std::size_t index, Index part) {
  Draft changed = draft;
  std::vector<Move>& moves = changed[index].moves;
  const auto move = std::ranges::find(moves, part, &Move::part);
  changed[index - 1].moves.push_back(*move);
  moves.erase(move);
  return changed;
}

bool stages(const Model& model, const DraftRound& round, Index part) {
  const auto is_staged = [&](const Move& move) { return move.part == part && model.node(part, move.to).restart; };
  return std::ranges::any_of(round.moves, is_staged);
}

bool has_moves_of(const DraftRound& round, Index part) {
  return std::ranges::find(round.moves, part, &Move::part) != round.moves.end();
}

/// What is in the way of taking the first step of `part` in round `index` one round earlier.
Obstacles obstacles_to_earlier_step(const Model& model, const Draft& draft, const State& round_before,
                                    std::size_t index, Index part) {
  if (stages(model, draft[index - 1], part)) return {{Obstacle::Kind::pending, 0, part, part}};
  return play(model, round_before, with_earlier_step(draft, index, part), index - 1);
}

/// A restart that activates nothing any more is left out.
void drop_idle_restarts(const Model& model, Draft& draft) {
  for (std::size_t i = 0; i < draft.size();) {
    DraftRound& round = draft[i];
    const auto is_staged = [&](const Move& move) { return model.node(move.part, move.to).restart; };
    round.restart = std::ranges::any_of(round.moves, is_staged);
    const bool is_last = i + 1 == draft.size();
    if (round.restart || (is_last && !round.moves.empty())) {
      ++i;
      continue;
    }
    if (!is_last) {
      std::vector<Move>& next = draft[i + 1].moves;
      next.insert(next.begin(), round.moves.begin(), round.moves.end());
    }
    draft.erase(draft.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

void move_steps_ahead(const Model& model, Draft& draft) {
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t i = 1; i < draft.size() && !moved; ++i) {
      const State before = beginnings(model, draft)[i - 1];
      for (Index part = 0; part < model.size() && !moved; ++part) {
        if (!has_moves_of(draft[i], part)) continue;
        if (!obstacles_to_earlier_step(model, draft, before, i, part).empty()) continue;
        draft = with_earlier_step(draft, i, part);
        moved = true;
      }
    }
    drop_idle_restarts(model, draft);
  }
}

/// The round with its steps in the order that people expect; empty when that order is not legal.
std::vector<Move> in_order(const Model& model, State state, std::vector<Move> left) {
  std::vector<Move> ordered;
  while (!left.empty()) {
    auto chosen = left.end();
    for (auto move = left.begin(); move != left.end(); ++move) {
      const bool is_first =
          std::find_if(left.begin(), move, [&](const Move& m) { return m.part == move->part; }) == move;
      if (!is_first || !model.may_step(state, move->part, move->to)) continue;
      const auto rank = [&](const Move& m) { return std::pair(model.node(m.part, m.to).restart, m.part); };
      if (chosen == left.end() || rank(*move) < rank(*chosen)) chosen = move;
    }
    if (chosen == left.end()) return {};
    model.step(state, chosen->part, chosen->to);
    ordered.push_back(*chosen);
    left.erase(chosen);
  }
  return ordered;
}

void put_in_order(const Model& model, Draft& draft) {
  State state = model.start();
  for (std::size_t i = 0; i < draft.size(); ++i) {
    std::vector<Move> ordered = in_order(model, state, draft[i].moves);
    std::swap(ordered, draft[i].moves);
    if (draft[i].moves.empty() || !play(model, state, draft, i).empty()) std::swap(ordered, draft[i].moves);
    play(model, state, draft[i]);
  }
}

/// Collects the reasons for one round.
class Why {
 public:
  Why(const Model& model, const Draft& draft, const State& round_before, std::size_t index)
      : model_(model), draft_(draft), round_before_(round_before), index_(index), asked_(model.size(), 0) {}

  std::vector<std::string> texts() {
    for (Index part = 0; part < model_.size(); ++part) {
      if (stages(model_, draft_[index_], part)) ask(part);
    }
    return std::move(texts_);
  }

 private:
  /// Follows the reasons to the parts that are waited for, as far as they move in this round themselves.
  void ask(Index part) {
    if (asked_[part] || !has_moves_of(draft_[index_], part)) return;
    asked_[part] = 1;
    for (const Obstacle& found : obstacles_to_earlier_step(model_, draft_, round_before_, index_, part)) {
      std::string text = text_of(found, part);
      if (std::ranges::find(texts_, text) == texts_.end()) texts_.push_back(std::move(text));
      ask(found.one);
      ask(found.other);
    }
  }

  [[nodiscard]] std::string text_of(const Obstacle& obstacle, Index part) const {
    const Problem& problem = model_.problem();
    switch (obstacle.kind) {
      case Obstacle::Kind::rule:
        return problem.rules[obstacle.index].text;
      case Obstacle::Kind::order:
        return problem.orders[obstacle.index].text;
      case Obstacle::Kind::apart:
        return problem.aparts[obstacle.index].text;
      case Obstacle::Kind::pending:
        break;
    }
    const std::vector<Move>& moves = draft_[index_ - 1].moves;
    const auto staged = std::find_if(moves.rbegin(), moves.rend(), [&](const Move& m) { return m.part == part; });
    const Part& named = problem.parts[model_.part(part)];
    return named.name + " goes through " + named.stops[model_.node(part, staged->to).stop].version + " first";
  }

  const Model& model_;
  const Draft& draft_;
  const State& round_before_;
  std::size_t index_;
  std::vector<char> asked_;
  std::vector<std::string> texts_;
};

}  // namespace

void tidy(const Model& model, Draft& draft) {
  move_steps_ahead(model, draft);
  put_in_order(model, draft);
}

std::vector<std::vector<std::string>> reasons(const Model& model, const Draft& draft) {
  std::vector<std::vector<std::string>> because(draft.size());
  if (draft.size() < 2) return because;
  const std::vector<State> states = beginnings(model, draft);
  for (std::size_t i = 1; i < draft.size(); ++i) {
    if (draft[i].restart) because[i] = Why(model, draft, states[i - 1], i).texts();
  }
  return because;
}

}  // namespace firmform::solve

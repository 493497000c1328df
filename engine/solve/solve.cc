// SPDX-License-Identifier: Apache-2.0
#include "engine/solve/solve.h"

#include <algorithm>
#include <optional>

#include "engine/solve/chains.h"
#include "engine/solve/clusters.h"
#include "engine/solve/conflict.h"
#include "engine/solve/reach.h"
#include "engine/solve/search.h"
#include "engine/solve/tidy.h"

namespace firmform::solve {
namespace {

/// What became of one cluster.
struct Answer {
  std::optional<Draft> draft;
  bool proven = true;
};

/// No legal way with as few steps as `draft` can have fewer restarts.
bool has_fewest_restarts(const Model& model, const Chains& chains, const Cost& cost) {
  Cost least = least_cost(model, model.start());
  bool is_only_choice = true;
  for (Index i = 0; i < model.size(); ++i) is_only_choice = is_only_choice && model.ways(i).one_shortest;
  if (is_only_choice && chains.are_exact())
    least.restarts = std::max(least.restarts, cost_of(*chains.earliest(false)).restarts);
  return cost == least;
}

bool has_no_other_ways(const Model& model) {
  for (Index i = 0; i < model.size(); ++i) {
    if (!model.ways(i).one_way) return false;
  }
  return true;
}

Answer search_better_than(const Model& model, std::optional<Draft> known) {
  const std::optional<Cost> bound = known ? std::optional(cost_of(*known)) : std::nullopt;
  SearchResult found = search_best(model, bound, kMostStates);
  if (found.draft) return {.draft = std::move(found.draft)};
  if (found.finished) return {.draft = std::move(known)};
  if (known) return {.draft = std::move(known), .proven = false};
  found = search_any(model, kMostStates);
  const bool is_proof = found.finished && !found.draft;
  return {.draft = std::move(found.draft), .proven = is_proof};
}

Answer solve_cluster(const Study& study, const Selection& cluster, const Model& model) {
  const Chains chains(model);
  if (chains.are_ordered()) {
    std::optional<Draft> draft = chains.earliest(true);
    if (draft && has_fewest_restarts(model, chains, cost_of(*draft))) return {.draft = std::move(draft)};
    if (draft) return search_better_than(model, std::move(draft));
    if (chains.are_exact() && has_no_other_ways(model) && !chains.earliest(false)) return {};
  }
  if (is_clearly_impossible(study, cluster, model)) return {};
  return search_better_than(model, std::nullopt);
}

/// A cluster's rounds, and how far they were merged with the others'.
struct Piece {
  std::vector<Round> rounds;
  std::size_t taken = 0;  ///< steps of the round that is being merged
};

Piece piece_of(const Model& model, const Draft& draft) {
  std::vector<std::vector<std::string>> because = reasons(model, draft);
  Piece piece;
  for (std::size_t i = 0; i < draft.size(); ++i) {
    Round round{.restart = draft[i].restart, .because = std::move(because[i])};
    for (const Move& move : draft[i].moves) {
      const auto stop = [&](Index node) { return std::size_t{model.node(move.part, node).stop}; };
      round.steps.push_back({.part = model.part(move.part), .from = stop(move.from), .to = stop(move.to)});
    }
    piece.rounds.push_back(std::move(round));
  }
  return piece;
}

/// The next step of all pieces in round `index`: immediate ones before staged ones, earlier parts before later ones.
std::optional<Step> next_step(const Problem& problem, std::vector<Piece>& pieces, std::size_t index) {
  Piece* chosen = nullptr;
  const auto head = [&](const Piece& piece) -> const Step& { return piece.rounds[index].steps[piece.taken]; };
  const auto rank = [&](const Step& step) {
    return std::pair(problem.parts[step.part].stops[step.to].needs_restart, step.part);
  };
  for (Piece& piece : pieces) {
    if (index >= piece.rounds.size() || piece.taken == piece.rounds[index].steps.size()) continue;
    if (chosen == nullptr || rank(head(piece)) < rank(head(*chosen))) chosen = &piece;
  }
  if (chosen == nullptr) return std::nullopt;
  const Step step = head(*chosen);
  ++chosen->taken;
  return step;
}

std::vector<Round> merge(const Problem& problem, std::vector<Piece>& pieces) {
  std::vector<Round> rounds;
  for (std::size_t i = 0;; ++i) {
    Round round;
    for (Piece& piece : pieces) {
      if (i >= piece.rounds.size()) continue;
      piece.taken = 0;
      Round& part = piece.rounds[i];
      round.restart = round.restart || part.restart;
      std::ranges::move(part.because, std::back_inserter(round.because));
    }
    while (const auto step = next_step(problem, pieces, i)) round.steps.push_back(*step);
    if (round.steps.empty()) return rounds;
    rounds.push_back(std::move(round));
  }
}

/// "iLO 5 has no way from 2.10 to 3.11 through 2.78".
Unsolvable no_way(const Problem& problem, std::size_t index) {
  const Part& part = problem.parts[index];
  const auto version = [&](std::size_t stop) {
    return stop < part.stops.size() ? part.stops[stop].version : std::string("a version that is not known");
  };
  std::string text = part.name + " has no way from " + version(0) + " to " + version(part.goal);
  for (std::size_t i = 0; i < part.through.size(); ++i) {
    text += (i == 0 ? " through " : ", ") + version(part.through[i]);
  }
  return {.conflict = {{Blame::Kind::no_edge, index, std::move(text)}}};
}

}  // namespace

std::variant<Solution, Unsolvable> solve(const Problem& problem) {
  const Study study(problem);
  for (std::size_t i = 0; i < study.ways.size(); ++i) {
    if (!study.ways[i].exist()) return no_way(problem, i);
  }
  Solution solution;
  std::vector<Piece> pieces;
  for (const Selection& cluster : clusters(study, everything(study))) {
    const Model model(study, cluster);
    Answer answer = solve_cluster(study, cluster, model);
    if (!answer.draft && !answer.proven) return Unsolvable{.conflict = blame(problem, cluster), .proven = false};
    if (!answer.draft) return find_conflict(study, cluster);
    tidy(model, *answer.draft);
    solution.proven = solution.proven && answer.proven;
    pieces.push_back(piece_of(model, *answer.draft));
  }
  solution.rounds = merge(problem, pieces);
  return solution;
}

}  // namespace firmform::solve

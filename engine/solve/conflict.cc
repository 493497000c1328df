// SPDX-License-Identifier: Apache-2.0
#include "engine/solve/conflict.h"

#include <algorithm>
#include <optional>

#include "engine/solve/chains.h"
#include "engine/solve/clusters.h"
#include "engine/solve/reach.h"
#include "engine/solve/search.h"

namespace firmform::solve {
namespace {

/// Finds out whether there is a way, within a number of states for all questions together.
class Judge {
 public:
  explicit Judge(const Study& study) : study_(study) {}

  /// Empty when that is not known.
  std::optional<bool> is_possible(const Selection& selection) {
    bool known = true;
    for (const Selection& cluster : clusters(study_, selection)) {
      const std::optional<bool> possible = is_possible_together(cluster);
      if (possible == false) return false;
      known = known && possible.has_value();
    }
    return known ? std::optional<bool>(true) : std::nullopt;
  }

 private:
  std::optional<bool> is_possible_together(const Selection& cluster) {
    const Model model(study_, cluster);
    const Chains chains(model);
    if (chains.are_ordered() && chains.earliest(true)) return true;
    if (is_clearly_impossible(study_, cluster, model)) return false;
    const SearchResult found = search_any(model, states_left_);
    states_left_ -= std::min(states_left_, found.states);
    if (found.draft) return true;
    return found.finished ? std::optional<bool>(false) : std::nullopt;
  }

  const Study& study_;
  std::size_t states_left_ = kMostStates;
};

/// Takes out of one kind of constraints what the conflict does not need, from the last on. False when some answer is
/// not known.
bool reduce(Judge& judge, Selection& selection, std::vector<std::size_t> Selection::* kind) {
  bool known = true;
  for (std::size_t i = (selection.*kind).size(); i-- > 0;) {
    Selection without = selection;
    (without.*kind).erase((without.*kind).begin() + static_cast<std::ptrdiff_t>(i));
    const std::optional<bool> possible = judge.is_possible(without);
    known = known && possible.has_value();
    if (possible == false) selection = std::move(without);
  }
  return known;
}

}  // namespace

std::vector<Blame> blame(const Problem& problem, const Selection& selection) {
  std::vector<Blame> blames;
  for (const std::size_t i : selection.rules) blames.push_back({Blame::Kind::rule, i, problem.rules[i].text});
  for (const std::size_t i : selection.orders) blames.push_back({Blame::Kind::order, i, problem.orders[i].text});
  for (const std::size_t i : selection.aparts) blames.push_back({Blame::Kind::apart, i, problem.aparts[i].text});
  return blames;
}

Unsolvable find_conflict(const Study& study, const Selection& selection) {
  Unsolvable found;
  Judge judge(study);
  Selection left = selection;
  for (const auto kind : {&Selection::aparts, &Selection::orders, &Selection::rules}) {
    found.proven = reduce(judge, left, kind) && found.proven;
  }
  found.conflict = blame(study.problem, left);
  return found;
}

}  // namespace firmform::solve

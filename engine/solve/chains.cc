// SPDX-License-Identifier: Apache-2.0
#include "engine/solve/chains.h"

#include <algorithm>

namespace firmform::solve {
namespace {

/// Where on a chain one side of a rule is met.
struct Extent {
  Index first = kNone;
  Index last = kNone;
  Index entry = kNone;  ///< the first position in it whose predecessor is not; kNone when it is never entered
  bool in_one_piece = true;
  Index end = 0;  ///< the chain's last position

  [[nodiscard]] bool is_empty() const { return first == kNone; }
  [[nodiscard]] bool is_beginning() const { return in_one_piece && first == 0; }
  [[nodiscard]] bool is_end() const { return in_one_piece && last == end; }
};

Extent extent_of(const std::vector<char>& in, const std::vector<Index>& chain) {
  Extent extent{.end = static_cast<Index>(chain.size() - 1)};
  for (Index i = 0; i < chain.size(); ++i) {
    if (!in[chain[i]]) continue;
    if (extent.is_empty()) extent.first = i;
    const bool entered = i > 0 && !in[chain[i - 1]];
    if (entered && extent.first != i) extent.in_one_piece = false;
    if (entered && extent.entry == kNone) extent.entry = i;
    extent.last = i;
  }
  return extent;
}

}  // namespace

Chains::Chains(const Model& model) : model_(model), nodes_(model.size()), needs_(model.size()) {
  for (Index i = 0; i < model.size(); ++i) {
    nodes_[i].reserve(model.node(i, 0).steps_left + 1);
    for (Index node = 0; node != kNone; node = model.node(i, node).best) nodes_[i].push_back(node);
  }
  for (Index i = 0; i < model.size(); ++i) {
    for (const Model::Tie& tie : model.must_follow(i)) {
      needs_[i].push_back({1, tie.other, model.node(tie.other, 0).steps_left, true});
    }
  }
  for (const Model::Rule& rule : model.rules()) add(rule);
}

void Chains::add(const Model::Rule& rule) {
  const Extent a = extent_of(*rule.in_a, nodes_[rule.a]);
  const Extent b = extent_of(*rule.in_b, nodes_[rule.b]);
  if (a.is_empty() || b.is_empty()) return;
  const bool at_end = a.last == a.end && b.last == b.end;
  if (rule.a == rule.b || at_end) {
    ordered_ = false;
    return;
  }
  // Who leaves its set once and for all is waited for by who enters the other; who enters its set for ever waits.
  const Need entering_a{a.entry, rule.b, b.last + 1, rule.before_step};
  const Need entering_b{b.entry, rule.a, a.last + 1, false};
  const bool a_waits = b.is_beginning() || (!a.is_beginning() && a.is_end());
  const bool b_waits = !a_waits && (a.is_beginning() || b.is_end());
  if (a_waits && a.entry != kNone) needs_[rule.a].push_back(entering_a);
  if (b_waits && b.entry != kNone) needs_[rule.b].push_back(entering_b);
  ordered_ = ordered_ && (a_waits || b_waits);
  const bool is_staged = a.entry != kNone && model_.node(rule.a, nodes_[rule.a][a.entry]).restart;
  exact_ = exact_ && !(a_waits && is_staged && rule.before_step && !b.is_beginning());
}

/// One simulation: positions on the chains.
class Chains::Run {
 public:
  Run(const Chains& chains, bool mind_pairs)
      : chains_(chains),
        model_(chains.model_),
        mind_pairs_(mind_pairs),
        at_(model_.size(), 0),
        goes_(model_.size(), 0) {
    for (Index i = 0; i < model_.size(); ++i) steps_left_ += chains_.nodes_[i].size() - 1;
  }

  std::optional<Draft> finish() {
    while (steps_left_ > 0) {
      DraftRound round;
      do_immediate_steps(round);
      stage(round);
      if (round.moves.empty()) return std::nullopt;
      draft_.push_back(std::move(round));
    }
    return std::move(draft_);
  }

 private:
  [[nodiscard]] bool is_done(Index i) const { return at_[i] + 1 == chains_.nodes_[i].size(); }
  [[nodiscard]] const Ways::Node& next(Index i) const { return model_.node(i, chains_.nodes_[i][at_[i] + 1]); }

  [[nodiscard]] bool is_met(const Need& need, bool with_staged) const {
    return at_[need.other] + (with_staged && goes_[need.other] ? 1U : 0U) >= need.least;
  }
  /// Needs of the next step of `i`; those of its becoming active may be met by what is staged with it.
  [[nodiscard]] bool may_go(Index i, bool with_staged) const {
    return std::ranges::all_of(chains_.needs_[i], [&](const Need& need) {
      return need.position != at_[i] + 1 || is_met(need, with_staged && !need.before);
    });
  }
  [[nodiscard]] bool may_begin(Index i) const {
    return std::ranges::all_of(chains_.needs_[i], [&](const Need& need) {
      return need.position != at_[i] + 1 || !need.before || is_met(need, false);
    });
  }

  void go(Index i, DraftRound& round) {
    const std::vector<Index>& chain = chains_.nodes_[i];
    round.moves.push_back({i, chain[at_[i]], chain[at_[i] + 1]});
    --steps_left_;
  }

  void do_immediate_steps(DraftRound& round) {
    for (Index i = 0; i < model_.size();) {
      if (is_done(i) || next(i).restart || !may_go(i, false)) {
        ++i;
        continue;
      }
      go(i, round);
      ++at_[i];
      i = 0;  // an earlier part may have waited for this one
    }
  }

  void stage(DraftRound& round) {
    for (Index i = 0; i < model_.size(); ++i) goes_[i] = !is_done(i) && next(i).restart && may_begin(i) ? 1 : 0;
    drop_late_ones();
    while (mind_pairs_ && drop_one_of_a_pair()) drop_late_ones();
    for (Index i = 0; i < model_.size(); ++i) {
      if (goes_[i]) go(i, round);
    }
    for (Index i = 0; i < model_.size(); ++i) {
      at_[i] += goes_[i] ? 1 : 0;
      round.restart = round.restart || goes_[i];
    }
  }

  /// Takes out what would become active too early, until the rest may go together.
  void drop_late_ones() {
    for (bool changed = true; changed;) {
      changed = false;
      for (Index i = 0; i < model_.size(); ++i) {
        if (!goes_[i] || may_go(i, true)) continue;
        goes_[i] = 0;
        changed = true;
      }
    }
  }

  /// The one with fewer restarts ahead waits; of equals, the later.
  bool drop_one_of_a_pair() {
    for (Index i = 0; i < model_.size(); ++i) {
      for (const Model::Tie& tie : model_.aparts_of(i)) {
        if (!goes_[i] || !goes_[tie.other] || tie.other < i) continue;
        goes_[next(i).restarts_left < next(tie.other).restarts_left ? i : tie.other] = 0;
        return true;
      }
    }
    return false;
  }

  const Chains& chains_;
  const Model& model_;
  bool mind_pairs_;
  std::vector<Index> at_;   ///< active position by part
  std::vector<char> goes_;  ///< staged for the next restart
  std::size_t steps_left_ = 0;
  Draft draft_;
};

std::optional<Draft> Chains::earliest(bool mind_pairs) const {
  return Run(*this, mind_pairs).finish();
}

}  // namespace firmform::solve

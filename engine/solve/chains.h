// SPDX-License-Identifier: Apache-2.0
// The fast path: one shortest chain per part, and every step as early as can be. Private to engine/solve.
//
// Along fixed chains a rule of which one side is the beginning or the end of its part's chain (a minimum or a maximum
// version) says no more than that some step comes before another. Under such precedences alone, doing everything as
// early as possible is best: no step ever takes a possibility from another. So the result has the fewest restarts that
// these chains allow, and when it gets stuck there is no legal order of them. There is one exception: a staged step may
// begin before the other part comes to the versions in question, and become active after it has left them.
#pragma once

#include <optional>
#include <vector>

#include "engine/solve/model.h"

namespace firmform::solve {

class Chains {
 public:
  explicit Chains(const Model& model);

  /// All rules are precedences. Otherwise nothing below may be asked.
  [[nodiscard]] bool are_ordered() const { return ordered_; }
  /// They are all that the rules say, so that the earliest steps are the best.
  [[nodiscard]] bool are_exact() const { return exact_; }
  /// Every step at its earliest; with `mind_pairs`, what must not share a restart does not, by a rule of thumb: who has
  /// the longest way ahead goes first. Empty when it gets stuck.
  [[nodiscard]] std::optional<Draft> earliest(bool mind_pairs) const;

 private:
  /// The step to `position` needs another part to be at `least` or beyond.
  struct Need {
    Index position = 0;
    Index other = 0;
    Index least = 0;
    bool before = true;  ///< when the step begins; false: when it becomes active
  };
  class Run;

  void add(const Model::Rule& rule);

  const Model& model_;
  std::vector<std::vector<Index>> nodes_;  ///< by part, from start to goal
  std::vector<std::vector<Need>> needs_;   ///< by part
  bool ordered_ = true;
  bool exact_ = true;
};

}  // namespace firmform::solve

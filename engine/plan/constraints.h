// SPDX-License-Identifier: Apache-2.0
// From the constraints of manifest, packages and devices to the problem that engine/solve understands. A component is
// a part, its versions on the way are stops, and what must not be installed together is a rule.
//
// `requires` of an entry holds before its step begins and while its version is installed; `conflicts` and the
// baseline's constraints hold of what is active at the same time, so that what must change together may share a
// restart; `after` lets two changes share a restart, too, and never lets the later one be active first. A constraint
// about a component that the host does not have says nothing of the host.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/plan/draft.h"
#include "engine/solve/solve.h"

namespace firmform::plan {

/// Where a rule comes from.
struct Origin {
  enum class Kind { requirement, conflict, constraint, order, apart };
  Kind kind = Kind::constraint;
  SourceSpan span;
  std::string predicate;                        ///< of a requirement: "System ROM >= U46 v1.60"
  const inventory::Component* other = nullptr;  ///< of a requirement: the component that it is about
};

/// A change that cannot be done whatever the others do.
struct Hopeless {
  std::size_t place = 0;
  Finding finding;
};

struct PathProblem {
  solve::Problem problem;
  std::vector<std::optional<std::size_t>> places;  ///< by part: the change; empty for what stays as it is
  std::vector<Origin> rules;                       ///< by rule
  std::vector<Origin> aparts;                      ///< by pair
  std::vector<Hopeless> hopeless;
};

/// Something but the wish for new versions decides in which order and how they come.
[[nodiscard]] bool is_constrained(const HostDraft& host, const std::vector<std::size_t>& places);

/// `places` are the changes that are to be made, in the order in which they would come by themselves.
[[nodiscard]] PathProblem problem_of(const HostDraft& host, const std::vector<std::size_t>& places);

}  // namespace firmform::plan

// SPDX-License-Identifier: Apache-2.0
#include "engine/solve/clusters.h"

#include <numeric>

namespace firmform::solve {
namespace {

/// Union by the smaller number, so that a set is named by its first part.
class Sets {
 public:
  explicit Sets(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }

  std::size_t find(std::size_t part) {
    while (parent_[part] != part) part = parent_[part] = parent_[parent_[part]];
    return part;
  }
  void join(std::size_t a, std::size_t b) {
    a = find(a);
    b = find(b);
    (a < b ? parent_[b] : parent_[a]) = a < b ? a : b;
  }

 private:
  std::vector<std::size_t> parent_;
};

}  // namespace

Selection everything(const Study& study) {
  Selection all;
  const Problem& problem = study.problem;
  for (std::size_t i = 0; i < problem.parts.size(); ++i) all.parts.push_back(i);
  for (std::size_t i = 0; i < problem.rules.size(); ++i) {
    if (study.rules[i].matters) all.rules.push_back(i);
  }
  for (std::size_t i = 0; i < problem.orders.size(); ++i) {
    if (study.order_matters(i)) all.orders.push_back(i);
  }
  for (std::size_t i = 0; i < problem.aparts.size(); ++i) {
    if (study.apart_matters(i)) all.aparts.push_back(i);
  }
  return all;
}

std::vector<Selection> clusters(const Study& study, const Selection& selection) {
  const Problem& problem = study.problem;
  Sets sets(problem.parts.size());
  std::vector<char> wanted(problem.parts.size(), 0);
  const auto couple = [&](std::size_t a, std::size_t b) {
    sets.join(a, b);
    wanted[a] = wanted[b] = 1;
  };
  for (const std::size_t i : selection.rules) couple(problem.rules[i].a, problem.rules[i].b);
  for (const std::size_t i : selection.orders) couple(problem.orders[i].before, problem.orders[i].after);
  for (const std::size_t i : selection.aparts) couple(problem.aparts[i].a, problem.aparts[i].b);

  std::vector<Selection> found;
  std::vector<std::size_t> place(problem.parts.size(), 0);
  for (const std::size_t part : selection.parts) {
    if (!wanted[part] && !study.ways[part].moves()) continue;
    const std::size_t first = sets.find(part);
    if (first == part) {
      place[part] = found.size();
      found.emplace_back();
    }
    found[place[first]].parts.push_back(part);
  }
  const auto of = [&](std::size_t part) -> Selection& { return found[place[sets.find(part)]]; };
  for (const std::size_t i : selection.rules) of(problem.rules[i].a).rules.push_back(i);
  for (const std::size_t i : selection.orders) of(problem.orders[i].before).orders.push_back(i);
  for (const std::size_t i : selection.aparts) of(problem.aparts[i].a).aparts.push_back(i);
  return found;
}

}  // namespace firmform::solve

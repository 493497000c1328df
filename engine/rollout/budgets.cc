// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <utility>

#include "engine/rollout/rollout.h"

namespace firmform::rollout {
namespace {

using Labels = std::map<std::string, std::string>;

std::map<std::string, std::size_t> count_values(const std::string& label, const std::map<std::string, Labels>& fleet) {
  std::map<std::string, std::size_t> counts;
  for (const auto& [host, labels] : fleet) {
    const auto value = labels.find(label);
    if (value != labels.end()) ++counts[value->second];
  }
  return counts;
}

int limit_of(std::int64_t count) {
  return static_cast<int>(std::clamp<std::int64_t>(count, 0, std::numeric_limits<int>::max()));
}

}  // namespace

std::vector<Budget> make_budgets(const manifest::Rollout& settings, const std::vector<Subject>& subjects,
                                 const std::map<std::string, std::map<std::string, std::string>>& fleet) {
  std::vector<Budget> budgets;
  for (const auto& [label, share] : settings.per_label) {
    std::map<std::string, std::set<std::string>> hosts;
    for (const Subject& subject : subjects) {
      const auto value = subject.labels.find(label.value);
      if (value != subject.labels.end()) hosts[value->second].insert(subject.name);
    }
    const std::map<std::string, std::size_t> wholes = count_values(label.value, fleet);
    for (auto& [value, members] : hosts) {
      const auto known = wholes.find(value);
      const std::size_t whole = std::max(known == wholes.end() ? 0 : known->second, members.size());
      Counted limit = round_down(share, whole);
      budgets.push_back({.label = label.value,
                         .value = value,
                         .limit = limit_of(limit.count),
                         .hosts = std::move(members),
                         .arithmetic = std::move(limit.text)});
    }
  }
  return budgets;
}

}  // namespace firmform::rollout

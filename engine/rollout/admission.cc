// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/rollout/rollout.h"

namespace firmform::rollout {

Admission::Admission(std::vector<Budget> budgets, int most_hosts)
    : budgets_(std::move(budgets)),
      used_(budgets_.size(), 0),
      most_hosts_(static_cast<std::size_t>(std::max(most_hosts, 0))) {
  for (std::size_t i = 0; i < budgets_.size(); ++i) {
    for (const std::string& host : budgets_[i].hosts) budgets_of_[host].push_back(i);
  }
}

bool Admission::admit(const std::string& host) {
  if (in_work_.contains(host)) return true;
  const std::vector<std::size_t>& budgets = budgets_of(host);
  if (is_full() || !std::ranges::all_of(budgets, [&](std::size_t budget) { return has_place(budget); })) return false;
  readmit(host);
  return true;
}

void Admission::readmit(const std::string& host) {
  if (!in_work_.insert(host).second) return;
  for (const std::size_t budget : budgets_of(host)) ++used_[budget];
}

void Admission::leave(const std::string& host) {
  if (in_work_.erase(host) == 0) return;
  for (const std::size_t budget : budgets_of(host)) --used_[budget];
}

std::string Admission::obstacle(const std::string& host) const {
  if (in_work_.contains(host)) return {};
  for (const std::size_t budget : budgets_of(host)) {
    if (has_place(budget)) continue;
    const Budget& full = budgets_[budget];
    return fmt::format("{} {}: {} of {} in work", full.label, full.value, used_[budget], full.limit);
  }
  return is_full() ? fmt::format("{} of {} in work", in_work_.size(), counted(most_hosts_, "host")) : std::string();
}

bool Admission::is_full() const {
  return most_hosts_ > 0 && in_work_.size() >= most_hosts_;
}

const std::vector<std::size_t>& Admission::budgets_of(const std::string& host) const {
  static const std::vector<std::size_t> kNone;
  const auto found = budgets_of_.find(host);
  return found == budgets_of_.end() ? kNone : found->second;
}

}  // namespace firmform::rollout

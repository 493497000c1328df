// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/estimates.h"

#include <algorithm>

namespace firmform::plan {

void Estimates::add(const Sample& sample) {
  std::vector<Duration>& known = samples_[{sample.provider, sample.model, sample.component, sample.type}];
  known.insert(std::ranges::upper_bound(known, sample.took), sample.took);
}

std::optional<Duration> Estimates::expected(const std::string& provider, const std::string& model,
                                            const std::string& component, ActionType type) const {
  const auto found = samples_.find({provider, model, component, type});
  if (found == samples_.end() || found->second.size() < kFewest) return std::nullopt;
  const std::vector<Duration>& known = found->second;
  return known[(known.size() * 9 + 9) / 10 - 1];
}

}  // namespace firmform::plan

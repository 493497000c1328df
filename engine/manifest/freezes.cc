// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/freezes.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/manifest/labels.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

bool concerns(const FreezePeriod& period, const std::string& host, const std::map<std::string, std::string>& labels) {
  const auto has = [&](const auto& wanted) {
    const auto label = labels.find(wanted.first);
    return label != labels.end() && label->second == wanted.second.value;
  };
  return std::ranges::all_of(period.labels, has) && (!period.name || glob_match(period.name->value, host));
}

}  // namespace

Freezes::Freezes(const Manifest& manifest) : manifest_(manifest) {
  for (const auto& [name, period] : manifest.freeze_periods) {
    all_.push_back({name, std::make_shared<const FreezePeriod>(period.value)});
  }
}

std::vector<FreezeChoice> Freezes::of(const std::string& host, const std::map<std::string, std::string>& labels) {
  std::vector<FreezeChoice> result;
  for (const FreezeChoice& choice : all_) {
    if (!concerns(*choice.period, host, labels)) continue;
    matched_.insert(choice.period.get());
    result.push_back(choice);
  }
  return result;
}

Diagnostics Freezes::unmatched() const {
  Diagnostics diagnostics;
  if (all_.empty()) return diagnostics;
  const KnownLabels known(manifest_);
  for (const FreezeChoice& choice : all_) {
    const FreezePeriod& period = *choice.period;
    const bool selects = !period.labels.empty() || period.name;
    if (!selects || !period.when.complete || matched_.contains(choice.period.get())) continue;
    if (auto unknown = known.unknown_in(period.labels)) {
      diagnostics.add(*std::move(unknown));
      continue;
    }
    diagnostics.add(problem(Code::unusable_setting, fmt::format("freeze period `{}` concerns no host", choice.name),
                            period.name ? period.name->span : period.span, "no host meets all of its conditions"));
  }
  return diagnostics;
}

}  // namespace firmform::manifest

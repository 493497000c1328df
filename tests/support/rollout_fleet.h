// SPDX-License-Identifier: Apache-2.0
// Hosts with something to do, for tests of rollouts.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/rollout/rollout.h"

namespace firmform::tests {

using Labels = std::map<std::string, std::string>;

inline rollout::Subject subject(const std::string& name, Labels labels = {}, std::vector<std::string> after = {},
                                Labels traits = {}) {
  return {.name = name, .labels = std::move(labels), .traits = std::move(traits), .after = std::move(after)};
}

/// "h000", "h001", …
inline std::vector<rollout::Subject> subjects(std::size_t count) {
  std::vector<rollout::Subject> made;
  for (std::size_t i = 0; i < count; ++i) made.push_back(subject(fmt::format("h{:03}", i)));
  return made;
}

inline manifest::Canary canary(std::int64_t hosts, const std::vector<std::string>& cover = {}) {
  manifest::Canary made{.hosts = hosts, .cover = {}, .span = {}};
  for (const std::string& trait : cover) made.cover.push_back({trait, {}});
  return made;
}

inline manifest::Spanned<manifest::Share> share(std::int64_t value, bool percent = false) {
  return {.value = {.value = value, .percent = percent}, .span = {}};
}

inline std::vector<std::size_t> sizes(const std::vector<rollout::Wave>& waves) {
  std::vector<std::size_t> result;
  for (const rollout::Wave& wave : waves) result.push_back(wave.hosts.size());
  return result;
}

inline std::map<std::string, Labels> labels_of(const std::vector<rollout::Subject>& hosts) {
  std::map<std::string, Labels> labels;
  for (const rollout::Subject& host : hosts) labels[host.name] = host.labels;
  return labels;
}

}  // namespace firmform::tests

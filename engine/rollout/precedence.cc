// SPDX-License-Identifier: Apache-2.0
#include "engine/rollout/precedence.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace firmform::rollout {
namespace {

/// SplitMix64: every bit of the result depends on every bit of `value`.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

/// FNV-1a, then mixed with the seed. Written out because plans must be the same on every machine.
std::uint64_t rank_of(std::string_view name, std::uint64_t seed) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char character : name) hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3U;
  return mix(hash ^ mix(seed));
}

std::vector<const Subject*> shuffled(const std::vector<Subject>& subjects, std::uint64_t seed) {
  using Ranked = std::tuple<std::uint64_t, std::string_view, const Subject*>;
  std::vector<Ranked> ranked;
  ranked.reserve(subjects.size());
  for (const Subject& subject : subjects) ranked.emplace_back(rank_of(subject.name, seed), subject.name, &subject);
  std::ranges::sort(ranked);
  std::vector<const Subject*> hosts;
  hosts.reserve(ranked.size());
  for (const Ranked& one : ranked) hosts.push_back(std::get<const Subject*>(one));
  return hosts;
}

/// Names that are no subject's are left out: there is nothing to wait for.
std::vector<std::vector<std::size_t>> predecessors(const std::vector<const Subject*>& hosts) {
  std::unordered_map<std::string_view, std::size_t> numbers;
  for (std::size_t i = 0; i < hosts.size(); ++i) numbers.emplace(hosts[i]->name, i);
  std::vector<std::vector<std::size_t>> before(hosts.size());
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    for (const std::string& name : hosts[i]->after) {
      const auto found = numbers.find(name);
      if (found != numbers.end() && found->second != i) before[i].push_back(found->second);
    }
    std::ranges::sort(before[i]);
    before[i].erase(std::ranges::unique(before[i]).begin(), before[i].end());
  }
  return before;
}

std::vector<std::size_t> order_of(const std::vector<std::vector<std::size_t>>& before) {
  std::vector<std::vector<std::size_t>> behind(before.size());
  std::vector<std::size_t> missing(before.size());
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < before.size(); ++i) {
    missing[i] = before[i].size();
    for (const std::size_t other : before[i]) behind[other].push_back(i);
    if (missing[i] == 0) ready.push(i);
  }
  std::vector<std::size_t> order;
  order.reserve(before.size());
  while (!ready.empty()) {
    order.push_back(ready.top());
    ready.pop();
    for (const std::size_t next : behind[order.back()]) {
      if (--missing[next] == 0) ready.push(next);
    }
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (missing[i] > 0) order.push_back(i);
  }
  return order;
}

}  // namespace

Precedence precedence(const std::vector<Subject>& subjects, std::uint64_t seed) {
  Precedence result;
  result.hosts = shuffled(subjects, seed);
  result.before = predecessors(result.hosts);
  result.order = order_of(result.before);
  return result;
}

}  // namespace firmform::rollout

// SPDX-License-Identifier: Apache-2.0
#include "engine/rollout/canary.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace firmform::rollout {
namespace {

/// Hosts visited in the search for the smallest set before what was found so far is good enough.
constexpr std::size_t kMostSteps = 500'000;
/// Combinations that only hosts behind others meet; with more of them, not all choices are tried.
constexpr std::size_t kMostChoices = 12;

/// Each host meets one combination. One host for each would do, were it not for the hosts that it comes after, which
/// meet others at the same time. A combination is free when one of its hosts needs no further host: it costs exactly
/// that one, whatever else is chosen, so only those that are not free have to be tried out.
class Cover {
 public:
  Cover(const manifest::Canary& settings, const Precedence& fleet) : fleet_(fleet), chosen_(fleet.hosts.size()) {
    combination_of_.resize(fleet.hosts.size());
    visited_.resize(fleet.hosts.size());
    std::map<std::vector<std::string>, std::size_t> combinations;
    for (std::size_t host = 0; host < fleet.hosts.size(); ++host) {
      const auto [found, is_new] = combinations.try_emplace(values_of(settings, host), hosts_of_.size());
      if (is_new) hosts_of_.emplace_back();
      combination_of_[host] = found->second;
      hosts_of_[found->second].push_back(host);
    }
    met_.resize(hosts_of_.size());
    unmet_ = hosts_of_.size();
  }

  /// Hosts that meet all combinations, with all that they come after.
  std::vector<std::size_t> solve() {
    for (std::size_t i = 0; i < hosts_of_.size(); ++i) {
      if (!free_host(i)) hard_.push_back(i);
    }
    std::ranges::sort(hard_, {}, [&](std::size_t one) { return std::tuple(hosts_of_[one].size(), one); });
    choose_greedily();
    if (hard_.size() <= kMostChoices) try_all();
    return std::move(best_);
  }

  [[nodiscard]] std::size_t combinations() const { return hosts_of_.size(); }

 private:
  using Hosts = std::vector<std::size_t>;

  [[nodiscard]] std::vector<std::string> values_of(const manifest::Canary& settings, std::size_t host) const {
    std::vector<std::string> values;
    const std::map<std::string, std::string>& traits = fleet_.hosts[host]->traits;
    for (const manifest::Text& trait : settings.cover) {
      const auto value = traits.find(trait.value);
      values.push_back(value == traits.end() ? std::string() : value->second);
    }
    return values;
  }

  /// A host of the combination of which all predecessors are chosen.
  [[nodiscard]] std::optional<std::size_t> free_host(std::size_t combination) {
    for (const std::size_t host : hosts_of_[combination]) {
      ++steps_;
      if (std::ranges::all_of(fleet_.before[host], [&](std::size_t other) { return chosen_[other]; })) return host;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::size_t> next_hard() {
    for (const std::size_t combination : hard_) {
      if (met_[combination] == 0 && !free_host(combination)) return combination;
    }
    return std::nullopt;
  }

  /// The host and all that must be chosen with it.
  Hosts with_predecessors(std::size_t host) {
    ++visit_;
    Hosts found{host};
    visited_[host] = visit_;
    for (std::size_t i = 0; i < found.size(); ++i) {
      ++steps_;
      for (const std::size_t other : fleet_.before[found[i]]) {
        if (chosen_[other] || visited_[other] == visit_) continue;
        visited_[other] = visit_;
        found.push_back(other);
      }
    }
    return found;
  }

  /// Hosts beyond one for each combination that they newly meet.
  [[nodiscard]] std::size_t waste(const Hosts& hosts) const {
    std::set<std::size_t> combinations;
    for (const std::size_t host : hosts) {
      if (met_[combination_of_[host]] == 0) combinations.insert(combination_of_[host]);
    }
    return hosts.size() - combinations.size();
  }

  /// Ways to meet a combination, the most promising first. A host behind another one of the same combination is none:
  /// the other one alone does it.
  std::vector<Hosts> ways_to_meet(std::size_t combination) {
    std::vector<Hosts> ways;
    for (const std::size_t host : hosts_of_[combination]) {
      if (steps_ > kMostSteps && !ways.empty()) break;
      Hosts way = with_predecessors(host);
      const auto same = std::ranges::count(way, combination, [&](std::size_t one) { return combination_of_[one]; });
      if (same == 1 || steps_ > kMostSteps) ways.push_back(std::move(way));
    }
    // Hosts that wait for each other in a circle have no first one.
    if (ways.empty()) ways.push_back(with_predecessors(hosts_of_[combination].front()));
    std::ranges::sort(ways, {}, [&](const Hosts& way) { return std::tuple(waste(way), way.size(), way.front()); });
    return ways;
  }

  void choose(const Hosts& hosts) {
    for (const std::size_t host : hosts) {
      chosen_[host] = true;
      picked_.push_back(host);
      if (met_[combination_of_[host]]++ == 0) --unmet_;
    }
  }

  void drop(const Hosts& hosts) {
    for (const std::size_t host : hosts) {
      chosen_[host] = false;
      if (--met_[combination_of_[host]] == 0) ++unmet_;
    }
    picked_.resize(picked_.size() - hosts.size());
  }

  /// What is picked, and a host for each combination that is still to be met; all of these are free.
  void keep_as_best() {
    best_ = picked_;
    for (std::size_t i = 0; i < hosts_of_.size(); ++i) {
      if (met_[i] > 0) continue;
      if (const auto host = free_host(i)) best_.push_back(*host);
    }
  }

  void choose_greedily() {
    std::vector<Hosts> taken;
    for (const std::size_t combination : hard_) {
      if (met_[combination] > 0 || free_host(combination)) continue;
      taken.push_back(ways_to_meet(combination).front());
      choose(taken.back());
    }
    keep_as_best();
    while (!taken.empty()) {
      drop(taken.back());
      taken.pop_back();
    }
  }

  void try_all() {
    if (steps_ > kMostSteps || picked_.size() + unmet_ >= best_.size()) return;
    const std::optional<std::size_t> combination = next_hard();
    if (!combination) {
      keep_as_best();
      return;
    }
    for (const Hosts& way : ways_to_meet(*combination)) {
      choose(way);
      try_all();
      drop(way);
    }
  }

  const Precedence& fleet_;
  std::vector<std::size_t> combination_of_;  ///< by host
  std::vector<Hosts> hosts_of_;              ///< by combination
  std::vector<std::size_t> hard_;  ///< combinations that are not free from the start, those of few hosts first
  std::vector<bool> chosen_;
  std::vector<std::size_t> met_;  ///< by combination: how many of its hosts are chosen
  std::size_t unmet_ = 0;
  Hosts picked_;
  Hosts best_;
  std::vector<std::size_t> visited_;
  std::size_t visit_ = 0;
  std::size_t steps_ = 0;
};

}  // namespace

Canary choose(const manifest::Canary& settings, const Precedence& fleet) {
  Canary canary;
  std::vector<bool> chosen(fleet.hosts.size());
  std::size_t count = 0;
  const auto take = [&](std::size_t host) {
    chosen[host] = true;
    ++count;
  };
  if (!settings.cover.empty()) {
    Cover cover(settings, fleet);
    std::ranges::for_each(cover.solve(), take);
    canary.combinations = cover.combinations();
  }
  // The first in this order that is not chosen comes after chosen ones only, so each further host costs one.
  for (const std::size_t host : fleet.order) {
    if (std::cmp_greater_equal(count, settings.hosts)) break;
    if (!chosen[host]) take(host);
  }
  for (const std::size_t host : fleet.order) {
    if (chosen[host]) canary.hosts.push_back(host);
  }
  return canary;
}

}  // namespace firmform::rollout

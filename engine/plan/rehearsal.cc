// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/rehearsal.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>

namespace firmform::plan {
namespace {

/// Steps from one host's end to the next. A host that a full budget refuses is parked there, and looked at again when
/// that budget has a place: whoever ends wakes few others, however many wait.
class Rehearsal {
 public:
  Rehearsal(const RolloutPlan& rollout, const std::vector<HostWork>& works, std::size_t hosts_in_flight)
      : rollout_(rollout), works_(works), most_(std::max<std::size_t>(hosts_in_flight, 1)) {
    for (std::size_t i = 0; i < works.size(); ++i) numbers_.emplace(works[i].host, i);
    hosts_.resize(works.size());
    for (const Budget& budget : rollout.budgets) add_budget(budget);
    link_hosts();
  }

  Duration run() {
    std::size_t place = 0;
    for (const Wave& wave : rollout_.waves) {
      for (const std::string& name : wave.hosts) add(name, place++);
      do {
        begin_what_may();
      } while (end_one());
      now_ += wave.soak;
    }
    return now_;
  }

 private:
  struct Host {
    std::vector<std::size_t> budgets;
    std::size_t missing = 0;  ///< hosts before it that are not done
    std::vector<std::size_t> behind;
    std::optional<std::size_t> place;  ///< in the order of all hosts, once its wave has begun
  };
  using Waiting = std::set<std::pair<std::size_t, std::size_t>>;  ///< place and number
  struct Places {
    int left = 0;
    Waiting parked;
  };
  using End = std::pair<Duration, std::size_t>;

  void add_budget(const Budget& budget) {
    for (const std::string& host : budget.hosts) {
      const auto number = numbers_.find(host);
      if (number != numbers_.end()) hosts_[number->second].budgets.push_back(budgets_.size());
    }
    budgets_.push_back({.left = budget.limit, .parked = {}});
  }

  void link_hosts() {
    for (std::size_t i = 0; i < works_.size(); ++i) {
      for (const std::string_view before : works_[i].after) {
        const auto number = numbers_.find(before);
        if (number == numbers_.end()) continue;
        hosts_[number->second].behind.push_back(i);
        ++hosts_[i].missing;
      }
    }
  }

  void add(const std::string& name, std::size_t place) {
    const auto number = numbers_.find(name);
    if (number == numbers_.end()) return;
    hosts_[number->second].place = place;
    queue(number->second);
  }

  /// A host that may begin as far as other hosts go.
  void queue(std::size_t number) {
    const Host& host = hosts_[number];
    if (host.missing == 0 && host.place) ready_.emplace(*host.place, number);
  }

  void begin_what_may() {
    while (!ready_.empty() && ends_.size() < most_) {
      const auto first = ready_.extract(ready_.begin());
      const std::size_t number = first.value().second;
      const std::vector<std::size_t>& budgets = hosts_[number].budgets;
      const auto full = std::ranges::find_if(budgets, [&](std::size_t budget) { return budgets_[budget].left <= 0; });
      if (full != budgets.end()) {
        budgets_[*full].parked.insert(first.value());
        // It may have been woken for a place that it does not take after all.
        wake(budgets);
        continue;
      }
      for (const std::size_t budget : budgets) --budgets_[budget].left;
      ends_.emplace(now_ + works_[number].length, number);
    }
  }

  /// Looks again at one host of each budget that has a place.
  void wake(const std::vector<std::size_t>& budgets) {
    for (const std::size_t budget : budgets) {
      Places& places = budgets_[budget];
      if (places.left > 0 && !places.parked.empty()) ready_.insert(places.parked.extract(places.parked.begin()));
    }
  }

  bool end_one() {
    if (ends_.empty()) return false;
    const auto [time, number] = ends_.top();
    ends_.pop();
    now_ = time;
    for (const std::size_t budget : hosts_[number].budgets) ++budgets_[budget].left;
    wake(hosts_[number].budgets);
    for (const std::size_t next : hosts_[number].behind) {
      if (--hosts_[next].missing == 0) queue(next);
    }
    return true;
  }

  const RolloutPlan& rollout_;
  const std::vector<HostWork>& works_;
  std::size_t most_;
  std::unordered_map<std::string_view, std::size_t> numbers_;
  std::vector<Host> hosts_;
  std::vector<Places> budgets_;
  Waiting ready_;
  std::priority_queue<End, std::vector<End>, std::greater<>> ends_;
  Duration now_{0};
};

}  // namespace

std::vector<HostWork> works_of(const Plan& plan) {
  std::vector<HostWork> works;
  std::unordered_map<std::string_view, std::size_t> places;
  for (const Action& action : plan.actions) {
    const auto [place, is_new] = places.try_emplace(action.host, works.size());
    if (is_new) works.push_back({.host = action.host, .length = Duration(0), .after = {}});
    HostWork& work = works[place->second];
    work.length += action.expected;
    for (const ActionId need : action.needs) {
      if (plan.actions[need].host != action.host) work.after.insert(plan.actions[need].host);
    }
  }
  return works;
}

Duration rehearse(const RolloutPlan& rollout, const std::vector<HostWork>& works, std::size_t hosts_in_flight) {
  return Rehearsal(rollout, works, hosts_in_flight).run();
}

}  // namespace firmform::plan

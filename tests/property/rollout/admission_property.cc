// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <queue>

#include "tests/property/rollout/fleet_generator.h"

namespace firmform::tests {
namespace {

using rollout::Admission;
using rollout::Budget;
using rollout::Subject;
using rollout::Wave;

/// Counts places for itself: what Admission must agree with.
class Ledger {
 public:
  Ledger(std::vector<Budget> budgets, int most) : budgets_(std::move(budgets)), most_(most) {}

  [[nodiscard]] bool has_place(const std::string& host) const {
    if (most_ > 0 && std::cmp_greater_equal(working_.size(), most_)) return false;
    return std::ranges::all_of(
        budgets_, [&](const Budget& budget) { return !budget.hosts.contains(host) || used(budget) < budget.limit; });
  }
  [[nodiscard]] bool is_within_limits() const {
    const bool fits = most_ <= 0 || std::cmp_less_equal(working_.size(), most_);
    return fits && std::ranges::all_of(budgets_, [&](const Budget& budget) { return used(budget) <= budget.limit; });
  }
  void begin(const std::string& host) { working_.insert(host); }
  void end(const std::string& host) { working_.erase(host); }
  [[nodiscard]] const std::set<std::string>& working() const { return working_; }

 private:
  [[nodiscard]] int used(const Budget& budget) const {
    return static_cast<int>(
        std::ranges::count_if(working_, [&](const auto& host) { return budget.hosts.contains(host); }));
  }

  std::vector<Budget> budgets_;
  int most_;
  std::set<std::string> working_;
};

/// Carries out a rollout in which each host takes a while, and looks at every instant whether all limits hold.
class Rehearsal {
 public:
  Rehearsal(const std::vector<Subject>& fleet, std::vector<Wave> waves, const std::vector<Budget>& budgets, int most)
      : waves_(std::move(waves)), admission_(budgets, most), ledger_(budgets, most) {
    for (const Subject& host : fleet) fleet_[host.name] = host;
  }

  /// How many hosts were done when nothing moved any more.
  std::size_t run() {
    for (const Wave& wave : waves_) {
      std::vector<std::string> waiting = wave.hosts;
      do {
        begin_what_may(waiting);
      } while (end_one());
      if (!waiting.empty()) break;
    }
    return done_.size();
  }

 private:
  [[nodiscard]] bool is_ready(const std::string& host) const {
    const auto is_done = [&](const std::string& name) { return !fleet_.contains(name) || done_.contains(name); };
    return std::ranges::all_of(fleet_.at(host).after, is_done);
  }

  void begin_what_may(std::vector<std::string>& waiting) {
    std::erase_if(waiting, [&](const std::string& host) {
      if (!is_ready(host)) return false;
      const bool admitted = admission_.admit(host);
      RC_ASSERT(admitted == ledger_.has_place(host));
      if (!admitted) return false;
      ledger_.begin(host);
      RC_ASSERT(ledger_.is_within_limits());
      ends_.emplace(now_ + *rc::gen::inRange(1, 100), host);
      return true;
    });
  }

  bool end_one() {
    if (ends_.empty()) return false;
    const auto [time, host] = ends_.top();
    ends_.pop();
    now_ = time;
    admission_.leave(host);
    ledger_.end(host);
    done_.insert(host);
    return true;
  }

  using End = std::pair<int, std::string>;

  std::map<std::string, Subject> fleet_;
  std::vector<Wave> waves_;
  Admission admission_;
  Ledger ledger_;
  std::priority_queue<End, std::vector<End>, std::greater<>> ends_;
  std::set<std::string> done_;
  int now_ = 0;
};

}  // namespace

TEST_CASE(
    "N7: whoever begins and ends in whatever order, every budget holds at every instant, and none is refused for "
    "nothing") {
  rc::prop("", [] {
    const auto fleet = arbitrary_subjects(25);
    const auto budgets = rollout::make_budgets(arbitrary_rollout(), fleet, labels_of(fleet));
    const int most = *rc::gen::inRange(0, 12);
    Admission admission(budgets, most);
    Ledger ledger(budgets, most);
    const int steps = fleet.empty() ? 0 : *rc::gen::inRange(0, 120);
    for (int i = 0; i < steps; ++i) {
      const std::string& host = fleet[*rc::gen::inRange<std::size_t>(0, fleet.size())].name;
      if (*rc::gen::inRange(0, 3) == 0) {
        admission.leave(host);
        ledger.end(host);
        continue;
      }
      const bool may = ledger.working().contains(host) || ledger.has_place(host);
      RC_ASSERT(admission.obstacle(host).empty() == may);
      RC_ASSERT(admission.admit(host) == may);
      if (may) ledger.begin(host);
      RC_ASSERT(ledger.is_within_limits());
      RC_ASSERT(admission.in_work() == ledger.working().size());
    }
  });
}

TEST_CASE("Every rollout comes to its end, whatever waves, budgets and order between hosts") {
  rc::prop("", [] {
    const auto fleet = arbitrary_subjects(30);
    const manifest::Rollout settings = arbitrary_rollout();
    Rehearsal rehearsal(fleet, rollout::make_waves(settings, fleet),
                        rollout::make_budgets(settings, fleet, labels_of(fleet)), *rc::gen::inRange(0, 8));
    RC_ASSERT(rehearsal.run() == fleet.size());
  });
}

TEST_CASE("H5: no budget of a share that is not zero is empty") {
  rc::prop("", [] {
    const auto fleet = arbitrary_subjects(30);
    for (const Budget& budget : rollout::make_budgets(arbitrary_rollout(), fleet, labels_of(fleet))) {
      RC_ASSERT(budget.limit >= 1);
      RC_ASSERT(!budget.hosts.empty());
    }
  });
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>

#include "engine/plan/rehearsal.h"
#include "engine/rollout/rollout.h"

namespace firmform::tests {
namespace {

using plan::HostWork;
using plan::RolloutPlan;

std::string name_of(std::size_t number) {
  return fmt::format("h{:02}", number);
}

struct Fleet {
  std::vector<std::string> names;
  std::vector<HostWork> works;
  RolloutPlan rollout;
};

/// Hosts that come after ones of lower number, in waves of any size; each in up to two of three budgets.
Fleet arbitrary_fleet() {
  Fleet fleet;
  const auto count = *rc::gen::inRange<std::size_t>(0, 20);
  for (std::size_t i = 0; i < count; ++i) fleet.names.push_back(name_of(i));
  for (const char* label : {"rack", "feed", "model"}) {
    fleet.rollout.budgets.push_back({.label = label, .value = "x", .limit = *rc::gen::inRange(1, 4)});
  }
  for (std::size_t i = 0; i < count; ++i) {
    HostWork work{.host = fleet.names[i], .length = std::chrono::minutes(*rc::gen::inRange(1, 30)), .after = {}};
    if (i > 0 && *rc::gen::arbitrary<bool>()) work.after.insert(fleet.names[*rc::gen::inRange<std::size_t>(0, i)]);
    fleet.works.push_back(std::move(work));
    fleet.rollout.budgets[*rc::gen::inRange<std::size_t>(0, 3)].hosts.push_back(fleet.names[i]);
    const bool is_new_wave = fleet.rollout.waves.empty() || *rc::gen::inRange(0, 5) == 0;
    if (is_new_wave) fleet.rollout.waves.push_back({.name = fmt::format("batch {}", i)});
    fleet.rollout.waves.back().hosts.push_back(fleet.names[i]);
  }
  return fleet;
}

/// The same, looking at every waiting host after every end.
Duration slow_rehearsal(const Fleet& fleet, int most) {
  std::vector<rollout::Budget> budgets;
  for (const plan::Budget& budget : fleet.rollout.budgets) {
    budgets.push_back({budget.label, budget.value, budget.limit, {budget.hosts.begin(), budget.hosts.end()}, {}});
  }
  rollout::Admission admission(budgets, most);
  std::set<std::string_view> done;
  Duration now{0};
  for (const plan::Wave& wave : fleet.rollout.waves) {
    std::vector<std::string> waiting = wave.hosts;
    std::vector<std::tuple<Duration, std::size_t, std::string>> working;
    while (true) {
      std::erase_if(waiting, [&](const std::string& host) {
        const auto work = std::ranges::find(fleet.works, host, &HostWork::host);
        const bool is_ready = std::ranges::all_of(work->after, [&](auto name) { return done.contains(name); });
        if (!is_ready || !admission.admit(host)) return false;
        working.emplace_back(now + work->length, static_cast<std::size_t>(work - fleet.works.begin()), host);
        return true;
      });
      if (working.empty()) break;
      std::ranges::sort(working, std::greater<>());
      const auto [end, number, host] = working.back();
      working.pop_back();
      now = end;
      admission.leave(host);
      done.insert(fleet.works[number].host);
    }
    RC_ASSERT(waiting.empty());
    now += wave.soak;
  }
  return now;
}

}  // namespace

TEST_CASE("A rehearsal takes as long as the rollout that looks at every host at every instant") {
  rc::prop("", [] {
    const Fleet fleet = arbitrary_fleet();
    const int most = *rc::gen::inRange(1, 8);
    const Duration quick = plan::rehearse(fleet.rollout, fleet.works, static_cast<std::size_t>(most));
    RC_ASSERT(quick == slow_rehearsal(fleet, most));
  });
}

}  // namespace firmform::tests

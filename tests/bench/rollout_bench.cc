// SPDX-License-Identifier: Apache-2.0
// Rollout: waves with their canary, budgets, admission and the rehearsal for the estimate, by the size of the fleet.
// Prints processor time and how it grew; asserts nothing.
#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <deque>

#include "engine/plan/rehearsal.h"
#include "tests/support/rollout_fleet.h"

namespace firmform::tests {
namespace {

double cpu_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

/// Three labels, six combinations of what a canary covers, and every tenth host behind another one.
std::vector<rollout::Subject> make_fleet(int hosts) {
  std::vector<rollout::Subject> fleet;
  for (int i = 0; i < hosts; ++i) {
    const std::string model = i % 3 == 0 ? "DL380" : "DL360";
    rollout::Subject host =
        subject(fmt::format("host-{:06}", i),
                {{"rack", fmt::format("r{}", i / 40)}, {"feed", i % 2 == 0 ? "a" : "b"}, {"model", model}});
    host.traits = {{"model", model}, {"System ROM", fmt::format("2.{}", i % 4)}};
    if (i % 10 == 9) host.after = {fmt::format("host-{:06}", i - 9)};
    fleet.push_back(std::move(host));
  }
  return fleet;
}

manifest::Rollout settings() {
  manifest::Rollout made;
  made.canary = canary(3, {"model", "System ROM"});
  made.batches = {share(10), share(10, true)};
  made.per_label = {
      {{"rack", {}}, {.value = 1}}, {{"feed", {}}, {.value = 50, .percent = true}}, {{"model", {}}, {.value = 200}}};
  return made;
}

/// Every host begins and ends once, 64 at a time.
std::size_t admit_all(const std::vector<rollout::Wave>& waves, std::vector<rollout::Budget> budgets) {
  rollout::Admission admission(std::move(budgets), 64);
  std::size_t refused = 0;
  for (const rollout::Wave& wave : waves) {
    std::deque<std::string> waiting(wave.hosts.begin(), wave.hosts.end());
    std::deque<std::string> working;
    while (!waiting.empty() || !working.empty()) {
      const std::size_t before = working.size();
      for (std::size_t tries = std::min<std::size_t>(waiting.size(), 64); tries > 0; --tries) {
        std::string host = std::move(waiting.front());
        waiting.pop_front();
        if (admission.admit(host)) {
          working.push_back(std::move(host));
        } else {
          waiting.push_back(std::move(host));
          ++refused;
        }
      }
      if (working.size() > before && working.size() < 64 && !waiting.empty()) continue;
      admission.leave(working.front());
      working.pop_front();
    }
  }
  return refused;
}

/// How long hosts of ten minutes take, 64 at a time.
Duration rehearse(const std::vector<rollout::Subject>& fleet, const std::vector<rollout::Wave>& waves,
                  const std::vector<rollout::Budget>& budgets) {
  plan::RolloutPlan rollout;
  for (const rollout::Wave& wave : waves) rollout.waves.push_back({.name = wave.name, .hosts = wave.hosts});
  for (const rollout::Budget& budget : budgets) {
    rollout.budgets.push_back({.label = budget.label,
                               .value = budget.value,
                               .limit = budget.limit,
                               .hosts = {budget.hosts.begin(), budget.hosts.end()}});
  }
  std::vector<plan::HostWork> works;
  for (const rollout::Subject& host : fleet) {
    works.push_back({.host = host.name, .length = std::chrono::minutes(10), .after = {}});
    works.back().after.insert(host.after.begin(), host.after.end());
  }
  return plan::rehearse(rollout, works, 64);
}

void measure(int hosts, double& before) {
  const std::vector<rollout::Subject> fleet = make_fleet(hosts);
  const auto labels = labels_of(fleet);
  const double start = cpu_seconds();
  const auto waves = rollout::make_waves(settings(), fleet);
  const double waved = cpu_seconds();
  const auto budgets = rollout::make_budgets(settings(), fleet, labels);
  const double budgeted = cpu_seconds();
  const std::size_t refused = admit_all(waves, budgets);
  const double admitted = cpu_seconds();
  const Duration length = rehearse(fleet, waves, budgets);
  const double done = cpu_seconds();
  fmt::print(
      "{:>6} hosts: {:.3f} s cpu{}; {} waves {:.3f} s, {} budgets {:.3f} s, admission {:.3f} s ({} refused), rehearsal "
      "of {} h {:.3f} s\n",
      hosts, done - start, before > 0 ? fmt::format(" (x{:.2f})", (done - start) / before) : "", waves.size(),
      waved - start, budgets.size(), budgeted - waved, admitted - budgeted, refused,
      std::chrono::duration_cast<std::chrono::hours>(length).count(), done - admitted);
  before = done - start;
}

}  // namespace
}  // namespace firmform::tests

int main() {
  double before = 0;
  for (const int hosts : {1'250, 2'500, 5'000, 10'000, 20'000}) firmform::tests::measure(hosts, before);
  return 0;
}

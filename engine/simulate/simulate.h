// SPDX-License-Identifier: Apache-2.0
// Simulate: carries out a plan by the real engine, on machines that are only modelled, in a time that is not real.
// Nothing leaves the process. Same plan, inventory and options: same outcome.
#pragma once

#include <memory>
#include <set>

#include "engine/apply/run.h"
#include "engine/inventory/snapshot.h"
#include "engine/plan/plan.h"
#include "engine/simulate/faults.h"
#include "engine/simulate/timeline.h"
#include "providers/provider.h"

namespace firmform::simulate {

struct Options {
  UtcTime start{};
  std::uint64_t seed = 1;
  Faults faults;
  int parallelism = 10;            ///< as of `apply`
  bool wait_for_windows = true;    ///< as `apply -wait-for-window`; false: hosts whose window is not open are deferred
  bool guessed_inventory = false;  ///< the inventory is inventory_of() the plan: providers are not asked about it
  /// The program dies just before it writes these entries of its journal, counted from 1 over the whole simulation, and
  /// is started again.
  std::set<int> crashes;
};

struct Outcome {
  Timeline timeline;
  apply::Summary summary;
  inventory::Inventory inventory;  ///< afterwards, of all hosts
  std::vector<journal::Event> events;
};

/// One run that can be looked at afterwards.
class Simulation {
 public:
  /// `plan` and `providers` outlive it.
  Simulation(const plan::Plan& plan, const inventory::Inventory& inventory, const Providers& providers,
             const Options& options);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  ~Simulation();

  /// Gates of a rollout that wait for a person are passed at once. Fails with simulation_stuck, and with what a run
  /// fails with. Call once.
  [[nodiscard]] Result<Outcome> run();
  /// All hosts at a time after the run, when BMCs may have done by themselves what waited for their windows.
  [[nodiscard]] inventory::Inventory inventory_at(UtcTime time);

 private:
  class Rehearsal;
  std::unique_ptr<Rehearsal> rehearsal_;
};

[[nodiscard]] Result<Outcome> simulate(const plan::Plan& plan, const inventory::Inventory& inventory,
                                       const Providers& providers, const Options& options);

/// What the hosts must have looked like when the plan was made, as far as the plan tells.
[[nodiscard]] inventory::Inventory inventory_of(const plan::Plan& plan);

}  // namespace firmform::simulate

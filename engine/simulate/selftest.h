// SPDX-License-Identifier: Apache-2.0
// Selftest: random fleets are planned for and run in simulation, and what this program promises is checked at every
// instant of the run. What breaks a promise is made as small as it can be, and shown.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/simulate/scenario.h"
#include "providers/provider.h"

namespace firmform::simulate {

struct Tally {
  std::size_t runs = 0;
  std::size_t hosts = 0;
  std::size_t actions = 0;
  std::size_t flashes = 0;
  std::size_t restarts = 0;  ///< of hosts
  std::size_t crashes = 0;   ///< of the program
  std::size_t faults = 0;
};

/// What promise of this program the scenario breaks; empty when it keeps all. Adds to `tally` when there is one.
[[nodiscard]] std::optional<std::string> broken_promise(const Scenario& scenario, const Providers& providers,
                                                        Tally* tally = nullptr);

struct Counterexample {
  Scenario scenario;
  std::string broken;
  std::uint64_t found_with = 0;  ///< seed of the scenario that it was made of
};

struct SelftestResult {
  Tally tally;
  std::optional<Counterexample> counterexample;
};

/// Scenarios of the seeds from `seed` on, until one breaks a promise. `progress` is called after each.
[[nodiscard]] SelftestResult selftest(std::uint64_t seed, std::size_t runs, const Providers& providers,
                                      const std::function<void(std::size_t done)>& progress = {});

}  // namespace firmform::simulate

// SPDX-License-Identifier: Apache-2.0
// The numbers of a plan: what a person approves, scripts count, and exit codes follow.
#pragma once

#include <cstddef>

#include "engine/plan/plan.h"

namespace firmform::plan {

struct Summary {
  // Components, and whatever else is changed.
  std::size_t update = 0;
  std::size_t downgrade = 0;
  std::size_t create = 0;
  std::size_t delete_ = 0;
  std::size_t invoke = 0;
  std::size_t pending = 0;    ///< the BMC has the work in its queue
  std::size_t scheduled = 0;  ///< of the changes: those that the BMC makes later by itself
  std::size_t no_op = 0;
  std::size_t blocked = 0;
  // Hosts.
  std::size_t hosts = 0;
  std::size_t hosts_to_change = 0;
  std::size_t unreachable = 0;  ///< could not be read, for whatever reason
  // Actions.
  std::size_t host_restarts = 0;
  std::size_t bmc_restarts = 0;

  [[nodiscard]] std::size_t changes() const { return update + downgrade + create + delete_ + invoke; }
  /// Nothing is to do, nothing is on its way, and nothing stands in the way of knowing it.
  [[nodiscard]] bool is_converged() const { return changes() == 0 && pending == 0 && blocked == 0 && unreachable == 0; }
};

[[nodiscard]] Summary summarize(const Plan& plan);

struct Estimate {
  Duration slowest_host{0};
  Duration whole{0};
};

/// How long it takes when at most `hosts_in_flight` hosts are worked on at a time and everything goes as
/// expected; of a rollout with its soaks, and without the time that people take to go on.
[[nodiscard]] Estimate estimate(const Plan& plan, std::size_t hosts_in_flight);

}  // namespace firmform::plan

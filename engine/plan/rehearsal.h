// SPDX-License-Identifier: Apache-2.0
// How long a plan takes when everything goes as expected: hosts as blocks of time, without their actions.
#pragma once

#include <cstddef>
#include <set>
#include <string_view>
#include <vector>

#include "engine/plan/plan.h"

namespace firmform::plan {

/// One host's work: how long, and which hosts come before it.
struct HostWork {
  std::string_view host;
  Duration length{0};
  std::set<std::string_view> after;
};

/// In the order in which the hosts' first actions come, which is one that `after` allows. Refers to `plan`.
[[nodiscard]] std::vector<HostWork> works_of(const Plan& plan);

/// From the beginning of the first wave to the end of the last one, soaks included, when no budget is ever passed and
/// people go on at once. At most `hosts_in_flight` hosts are worked on at a time.
[[nodiscard]] Duration rehearse(const RolloutPlan& rollout, const std::vector<HostWork>& works,
                                std::size_t hosts_in_flight);

}  // namespace firmform::plan

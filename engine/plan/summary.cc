// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/summary.h"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <set>
#include <string_view>
#include <vector>

#include "engine/plan/rehearsal.h"

namespace firmform::plan {

Summary summarize(const Plan& plan) {
  Summary summary{.update = plan.count(ChangeKind::update),
                  .downgrade = plan.count(ChangeKind::downgrade),
                  .create = plan.count(ChangeKind::create),
                  .delete_ = plan.count(ChangeKind::delete_),
                  .invoke = plan.count(ChangeKind::invoke),
                  .pending = plan.count(ChangeKind::pending),
                  .no_op = plan.count(ChangeKind::no_op),
                  .blocked = plan.count(ChangeKind::blocked),
                  .hosts = plan.hosts.size()};
  summary.unreachable =
      static_cast<std::size_t>(std::ranges::count_if(plan.hosts, [](const auto& host) { return host.status != "ok"; }));
  summary.scheduled = static_cast<std::size_t>(std::ranges::count_if(
      plan.changes, [](const Change& change) { return change.scheduled && !change.actions.empty(); }));
  std::set<std::string_view> changing;
  for (const Action& action : plan.actions) {
    changing.insert(action.host);
    if (action.restarts == Restarts::host) ++summary.host_restarts;
    if (action.restarts == Restarts::bmc) ++summary.bmc_restarts;
  }
  summary.hosts_to_change = changing.size();
  return summary;
}

namespace {

/// Hosts in their order, each as soon as one of the slots is free.
Duration length_of_all(const std::vector<HostWork>& works, std::size_t hosts_in_flight) {
  Duration whole{0};
  std::map<std::string_view, Duration> ends;
  std::priority_queue<Duration, std::vector<Duration>, std::greater<>> busy;  // when each slot is free again
  for (const HostWork& work : works) {
    Duration start{0};
    for (const std::string_view before : work.after) start = std::max(start, ends[before]);
    if (busy.size() >= std::max<std::size_t>(hosts_in_flight, 1)) {
      start = std::max(start, busy.top());
      busy.pop();
    }
    const Duration end = start + work.length;
    ends[work.host] = end;
    busy.push(end);
    whole = std::max(whole, end);
  }
  return whole;
}

}  // namespace

Estimate estimate(const Plan& plan, std::size_t hosts_in_flight) {
  const std::vector<HostWork> works = works_of(plan);
  Estimate result;
  for (const HostWork& work : works) result.slowest_host = std::max(result.slowest_host, work.length);
  result.whole = plan.rollout ? rehearse(*plan.rollout, works, hosts_in_flight) : length_of_all(works, hosts_in_flight);
  return result;
}

}  // namespace firmform::plan

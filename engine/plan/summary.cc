// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/summary.h"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <set>
#include <string_view>
#include <vector>

namespace firmform::plan {
namespace {

/// One host's work: how long, and which hosts come before it.
struct HostWork {
  Duration length{0};
  std::set<std::string_view> after;
};

std::vector<std::pair<std::string_view, HostWork>> works_of(const Plan& plan) {
  // In the order in which their first actions come, which is one that `after` allows.
  std::vector<std::pair<std::string_view, HostWork>> works;
  std::map<std::string_view, std::size_t> places;
  for (const Action& action : plan.actions) {
    const auto [place, is_new] = places.try_emplace(action.host, works.size());
    if (is_new) works.emplace_back(action.host, HostWork{});
    HostWork& work = works[place->second].second;
    work.length += action.expected;
    for (const ActionId need : action.needs) {
      if (plan.actions[need].host != action.host) work.after.insert(plan.actions[need].host);
    }
  }
  return works;
}

}  // namespace

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

Estimate estimate(const Plan& plan, std::size_t hosts_in_flight) {
  Estimate result;
  std::map<std::string_view, Duration> ends;
  std::priority_queue<Duration, std::vector<Duration>, std::greater<>> busy;  // when each slot is free again
  for (const auto& [host, work] : works_of(plan)) {
    Duration start{0};
    for (const std::string_view before : work.after) start = std::max(start, ends[before]);
    if (busy.size() >= std::max<std::size_t>(hosts_in_flight, 1)) {
      start = std::max(start, busy.top());
      busy.pop();
    }
    const Duration end = start + work.length;
    ends[host] = end;
    busy.push(end);
    result.slowest_host = std::max(result.slowest_host, work.length);
    result.whole = std::max(result.whole, end);
  }
  return result;
}

}  // namespace firmform::plan

// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace firmform::simulate {
namespace {

using manifest::Desired;
using manifest::DesiredHost;

constexpr int kNoLimit = 1'000'000;

bool any_host(const Desired& desired, bool (*has)(const DesiredHost&)) {
  return std::ranges::any_of(desired.hosts, [&](const auto& entry) { return has(entry.second); });
}

bool has_window(const DesiredHost& host) {
  return host.window.has_value();
}
bool is_frozen(const DesiredHost& host) {
  return !host.freezes.empty();
}
bool has_order(const DesiredHost& host) {
  return !host.after.empty();
}

}  // namespace

std::vector<LiftedLimit> without_each_limit(const Desired& desired) {
  std::vector<LiftedLimit> lifted;
  const auto lift = [&](std::string name, auto change) {
    LiftedLimit& made = lifted.emplace_back(LiftedLimit{std::move(name), desired, std::nullopt});
    change(made.desired);
  };
  const auto lift_of_hosts = [&](std::string name, auto change) {
    lift(std::move(name), [&](Desired& freer) {
      for (auto& [host, wanted] : freer.hosts) change(wanted);
    });
  };
  if (any_host(desired, has_window)) {
    lift_of_hosts("maintenance windows", [](DesiredHost& host) { host.window.reset(); });
  }
  if (any_host(desired, is_frozen)) {
    lift_of_hosts("freeze periods", [](DesiredHost& host) { host.freezes.clear(); });
  }
  if (any_host(desired, has_order)) {
    lift_of_hosts("the order of hosts (after)", [](DesiredHost& host) { host.after.clear(); });
  }
  const manifest::Rollout& rollout = desired.rollout;
  if (rollout.canary || !rollout.batches.empty()) {
    lift("canary and batches", [](Desired& freer) {
      freer.rollout.canary.reset();
      freer.rollout.batches.clear();
    });
  }
  if (rollout.soak > Duration(0)) {
    lift("the soak after each wave", [](Desired& freer) { freer.rollout.soak = Duration(0); });
  }
  for (std::size_t i = 0; i < rollout.per_label.size(); ++i) {
    lift(fmt::format("max_in_flight per {}", rollout.per_label[i].first.value), [i](Desired& freer) {
      freer.rollout.per_label.erase(freer.rollout.per_label.begin() + static_cast<std::ptrdiff_t>(i));
    });
  }
  if (rollout.max_uploads_in_flight) {
    lift("max_in_flight uploads", [](Desired& freer) { freer.rollout.max_uploads_in_flight.reset(); });
  }
  const std::string hosts =
      rollout.max_hosts_in_flight ? "max_in_flight hosts" : "hosts at work at a time (-parallelism)";
  lift(hosts, [](Desired& freer) { freer.rollout.max_hosts_in_flight.reset(); });
  lifted.back().parallelism = kNoLimit;
  return lifted;
}

}  // namespace firmform::simulate

// SPDX-License-Identifier: Apache-2.0
// FleetRun between two waves: the soak, and a second look at the hosts that soaked.
#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "engine/apply/fleet_run.h"

namespace firmform::apply {

Task<void> FleetRun::soak(std::size_t index) {
  const WaveRecord& record = shared_.rollout.waves[index];
  if (!record.finished_at || waves_[index].soak <= Duration(0)) co_return;
  Clock& clock = shared_.world.clock;
  const UtcTime until = *record.finished_at + waves_[index].soak;
  const SteadyTime end = clock.steady_now() + (until - clock.now());
  bool is_shown = false;
  while (!is_ending() && !record.advanced && clock.steady_now() < end) {
    const std::uint64_t seen = shared_.changed.count();
    if (!is_shown) shared_.world.view.run_waits(fmt::format("soak after {}", waves_[index].name), until);
    is_shown = true;
    co_await wait_for_change(seen, end - clock.steady_now());
  }
  if (!is_ending()) co_await look_again(index);
}

/// A host may fall ill while its wave soaks: then it has failed, and the decision is made anew.
Task<void> FleetRun::look_again(std::size_t index) {
  if (!shared_.plan.rollout->health) co_return;
  std::vector<std::string> hosts;
  for (const std::string& host : waves_[index].hosts) {
    const bool was_read = !shared_.rollout.hosts[host].health.empty();
    if (was_read && summary_.hosts.at(host).result == HostResult::done) hosts.push_back(host);
  }
  to_check_ = hosts.size();
  checked_ = 0;
  const int failed = tallies_[index].failed;
  for (const std::string& host : hosts) co_await spawn(look_again_at(shared_from_this(), host));
  while (checked_ < to_check_ && !shared_.detaching) co_await shared_.changed.wait();
  if (tallies_[index].failed != failed) co_await finish_wave(index);
}

Task<void> FleetRun::look_again_at(Self self, std::string host) {
  const Semaphore::Permit permit = co_await self->check_slots_.acquire();
  std::optional<HostOutcome> ill;
  std::optional<Error> bug;
  try {
    HostRun run(self->shared_, *shared_.plan.host(host), self->work_.at(host));
    if (!shared_.detaching) ill = co_await run.look_again();
  } catch (const std::exception& exception) {
    bug = Error(Code::internal_error, fmt::format("{}: {}", host, exception.what()));
  }
  if (bug) ill = HostOutcome{HostResult::failed, *bug, {}};
  ++checked_;
  if (ill && ill->result == HostResult::failed) {
    for (Tally* tally : {&tallies_[wave_of_.at(host)], &total_}) {
      --tally->done;
      tally->count(*ill, true);
    }
    shared_.world.view.host_finished(host, *ill);
    summary_.hosts[host] = std::move(*ill);
  }
  shared_.changed.notify();
}

}  // namespace firmform::apply

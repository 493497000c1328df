// SPDX-License-Identifier: Apache-2.0
// HostRun: the actions of one host, one after the other. Internal to engine/apply.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/apply/run.h"
#include "engine/apply/sync.h"

namespace firmform::apply {

/// What the hosts of one run share.
struct Shared {
  World world;
  const plan::Plan& plan;
  std::string run_id;
  RunState state;
  Semaphore uploads;
  Signal changed;              ///< an action or a host came to an end, or the run is to stop
  Signal interrupted;          ///< detaching was asked for
  bool detaching = false;
  std::optional<Error> broken;  ///< the journal failed: nothing more may be sent

  /// Makes `event` durable, then part of the state.
  Task<Status> record(journal::Event event);
};

class HostRun {
 public:
  HostRun(Shared& shared, const plan::PlannedHost& host, std::vector<plan::ActionId> actions);

  /// Runs or resumes every action that is not finished, in order, until one does not succeed.
  Task<HostOutcome> execute();

 private:
  using Stop = std::optional<HostOutcome>;  ///< why the host's run ends; absent to go on

  Task<Stop> open();
  Task<Stop> advance(plan::ActionId id);
  Task<Stop> start(plan::ActionId id);
  Task<Stop> send(plan::ActionId id);
  Task<Stop> investigate(plan::ActionId id);
  Task<Stop> follow(plan::ActionId id);
  Task<Stop> give_up(plan::ActionId id);
  Task<Stop> did_not_take(plan::ActionId id, std::string why);
  Task<Stop> await_postconditions(plan::ActionId id, SteadyTime deadline);

  Task<Result<inventory::HostSnapshot>> look();
  [[nodiscard]] Stop check_plan_still_fits(const inventory::HostSnapshot& snapshot) const;
  [[nodiscard]] std::vector<plan::Condition> purpose_of(plan::ActionId id) const;
  [[nodiscard]] Status check_image(const plan::Image& image) const;
  [[nodiscard]] SteadyTime deadline_of(plan::ActionId id) const;
  Task<void> wait(Duration duration);

  Task<Stop> succeed(plan::ActionId id, std::string detail);
  Task<Stop> stop(plan::ActionId id, journal::EventKind kind, HostResult result, Error error);
  Task<Stop> detached(plan::ActionId id);
  [[nodiscard]] Task<Status> record(journal::EventKind kind, plan::ActionId id, std::string detail, std::string task_uri = {});

  [[nodiscard]] const plan::Action& action(plan::ActionId id) const { return shared_.plan.actions[id]; }
  [[nodiscard]] ActionRecord& entry(plan::ActionId id) { return shared_.state[id]; }

  Shared& shared_;
  const plan::PlannedHost& host_;
  std::vector<plan::ActionId> actions_;
  Target target_;
  const Provider* provider_ = nullptr;
  std::unique_ptr<redfish::Client> client_;
  std::map<plan::ActionId, int> attempts_;  ///< how often a request was begun in this process
};

}  // namespace firmform::apply

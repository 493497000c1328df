// SPDX-License-Identifier: Apache-2.0
// HostRun: the actions of one host, one after the other. Internal to engine/apply.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/apply/guard.h"
#include "engine/apply/image_checks.h"
#include "engine/apply/run.h"
#include "engine/apply/sync.h"

namespace firmform::apply {

/// What the hosts of one run share.
struct Shared {
  World world;
  const plan::Plan& plan;
  std::string run_id;
  RunState state;
  RolloutState rollout;
  Semaphore uploads;
  ImageChecks images;
  Signal changed;      ///< an action or a host came to an end, or the run is to stop
  Signal interrupted;  ///< detaching was asked for
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

  /// Compares the health of a host that is done once more; absent when it is no worse than before.
  Task<std::optional<HostOutcome>> look_again();

 private:
  using Stop = std::optional<HostOutcome>;  ///< why the host's run ends; absent to go on
  using Permit = Semaphore::Permit;         ///< to move an image; held until the BMC has it

  /// An image that the BMC pulls from the run's own server.
  struct Fetch {
    plan::Action action;   ///< with URLs in its body
    bool offered = false;  ///< by this process; false for what an earlier one offered
    std::uint64_t fetched = 0;
    std::uint64_t total = 0;
    int shown_percent = 0;
    [[nodiscard]] bool is_under_way() const { return offered && !is_over(); }
    [[nodiscard]] bool is_over() const { return total > 0 && fetched >= total; }
  };

  // host_run.cc: from the plan to the request
  Task<Stop> go_through();
  Task<Stop> open();
  Task<Stop> advance(plan::ActionId id);
  Task<Stop> start(plan::ActionId id);
  Task<Stop> start_write(plan::ActionId id, Permit permit);
  Task<Status> prepare_image(plan::ActionId id);
  Task<Status> publish(plan::ActionId id);
  Task<Stop> send(plan::ActionId id, Permit permit);
  Task<Stop> accept(plan::ActionId id, Accepted accepted, Permit permit);
  void show_fetch(plan::ActionId id, std::uint64_t fetched, std::uint64_t total);

  // host_follow.cc: from the request to its effect
  Task<Stop> investigate(plan::ActionId id);
  Task<Stop> judge(plan::ActionId id, Probe probe);
  Task<Stop> follow(plan::ActionId id, Permit permit);
  Task<Stop> give_up(plan::ActionId id);
  Task<Stop> did_not_take(plan::ActionId id, std::string why);
  Task<Stop> await_postconditions(plan::ActionId id, SteadyTime deadline);
  [[nodiscard]] std::optional<std::string> unmet(plan::ActionId id, const inventory::HostSnapshot& snapshot) const;
  Task<Stop> succeed(plan::ActionId id, std::string detail);
  Task<Stop> stop(plan::ActionId id, journal::EventKind kind, HostResult result, Error error);
  Task<Stop> detached(plan::ActionId id);
  Task<Error> with_evidence(Error error);
  Task<std::vector<std::string>> collect_evidence();

  // host_guard.cc: what is read before the first write, and compared after the last action
  Task<Stop> read_before();
  Task<Stop> compare_after();
  Task<std::vector<std::string>> unlike_before();
  Task<std::vector<std::string>> less_healthy(bool is_done);
  Task<Stop> end_compared(std::vector<std::string> found, Code code, std::string_view what);
  Task<Result<inventory::Settings>> read_settings(std::vector<std::string> categories);
  Task<Result<inventory::Health>> read_health(UtcTime since);
  Task<Stop> restore(plan::ActionId id);
  Task<Stop> put_back(plan::ActionId id, std::vector<plan::PlannedRequest> requests);

  // host_wait.cc: times in which nothing is sent
  Task<Stop> await_foreign_work();
  Task<Stop> hold(plan::ActionId id);
  Task<Stop> defer(plan::ActionId id, std::string why);

  Task<Result<inventory::HostSnapshot>> look();
  Task<void> wait(Duration duration);
  [[nodiscard]] Task<Status> note(journal::EventKind kind, std::string detail);
  [[nodiscard]] Task<Status> record(journal::EventKind kind, plan::ActionId id, std::string detail,
                                    std::string task_uri = {});
  [[nodiscard]] SteadyTime deadline_of(plan::ActionId id) const;
  [[nodiscard]] UtcTime first_request_at() const;
  [[nodiscard]] bool may_leave(plan::ActionId id) const;

  [[nodiscard]] const plan::Action& action(plan::ActionId id) const { return shared_.plan.actions[id]; }
  /// As the provider gets it: with URLs where the image is served.
  [[nodiscard]] const plan::Action& wire_action(plan::ActionId id);
  [[nodiscard]] ActionRecord& entry(plan::ActionId id) { return shared_.state[id]; }
  [[nodiscard]] const HostRecord& before() { return shared_.rollout.hosts[host_.name]; }

  Shared& shared_;
  const plan::PlannedHost& host_;
  std::vector<plan::ActionId> actions_;
  Target target_;
  UtcTime begun_at_;
  const Provider* provider_ = nullptr;
  std::unique_ptr<redfish::Client> client_;
  bool untouched_ = false;                        ///< nothing was sent to it before this process
  std::optional<inventory::HostSnapshot> fresh_;  ///< of just now, for the first write
  std::vector<std::string> notes_;
  std::map<plan::ActionId, int> attempts_;  ///< how often a request was begun in this process
  std::map<plan::ActionId, Fetch> fetches_;
  std::shared_ptr<HostRun*> self_;  ///< dies with this run; what the image server calls back through
};

}  // namespace firmform::apply

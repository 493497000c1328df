// SPDX-License-Identifier: Apache-2.0
// IloQueue: the installation queue of an iLO: one strict FIFO that iLO, UEFI and an agent in the operating system
// share. It survives restarts of the iLO. Reference: ilo.md 8.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulators/ilo_step.h"
#include "tests/simulators/ilo_windows.h"

namespace firmform::simulators {

enum class IloTaskState { pending, in_progress, complete, expired, exception, canceled };

[[nodiscard]] std::string_view to_string(IloTaskState state);  ///< "Pending", "InProgress" …

/// When an entry may run. A window counts before times of the entry's own.
struct IloSchedule {
  std::string window;  ///< Id; empty: none
  std::optional<UtcTime> start_after;
  std::optional<UtcTime> expire;
};

struct IloTask {
  std::uint64_t serial = 0;  ///< tells it from an entry of the same name that came later
  std::string id;
  IloStep step;
  IloSchedule schedule;
  bool tpm_override = false;
  bool update_recovery_set = false;
  bool recovery_privilege = false;
  IloTaskState state = IloTaskState::pending;
  std::optional<json::Value> result;
  std::string result_log;
  UtcTime created{};
  UtcTime modified{};
  std::string updater;           ///< who works on it, or did
  bool installing = false;       ///< the owner is at it
  bool awaits_restart = false;   ///< complete once the iLO has restarted
  bool never_runs = false;       ///< nobody works on it, whoever is meant to (7.5)
  std::optional<UtcTime> waits;  ///< a Wait in progress ends then
};

/// What an install set adds to the queue with one Invoke.
struct IloBatch {
  std::vector<IloStep> steps;
  IloSchedule schedule;
  bool clear_queue = false;
  bool tpm_override = false;
  bool update_recovery_set = false;
};

class IloQueue final : private IloWindowUser {
 public:
  using Finished = std::function<void(const IloTask& task)>;

  /// `owner` and `windows` must outlive it.
  IloQueue(IloQueueOwner& owner, IloWindows& windows, IloDisagreements choices = {});
  IloQueue(const IloQueue&) = delete;
  IloQueue& operator=(const IloQueue&) = delete;

  /// Puts an entry at the end that somebody made before the time of the simulation: Name, Command, Filename,
  /// UpdatableBy, State, Component as they are shown.
  void seed(const json::Value& shown);

  [[nodiscard]] json::Value collection() const;
  /// Null when there is none of that Id.
  [[nodiscard]] json::Value member(std::string_view id) const;
  IloReply create(const json::Value& body);
  IloReply change(std::string_view id, const json::Value& body);
  IloReply remove(std::string_view id);
  /// DeleteUpdateTaskQueueItems
  IloReply remove_all();

  /// Adds all steps or, where one cannot be added, none. 200 when they are in the queue.
  IloReply add(const IloBatch& batch);
  /// Refuses a schedule by itself: unknown window, times that make no sense.
  [[nodiscard]] std::optional<Message> refuse_schedule(const IloSchedule& schedule) const;

  /// Does whatever is due. Call it when can_install() or the power of the host may have changed; times that pass are
  /// taken care of through IloQueueOwner::after.
  void work();
  /// The iLO is back: timers are armed anew, an installed iLO image is complete, other installs were cut off.
  void ilo_restarted();
  /// UEFI looks at the queue from now on …
  void post_began();
  /// … until now.
  void post_ended();
  /// What UEFI would install if a POST began now: so much longer that POST takes.
  [[nodiscard]] std::vector<IloInstallOrder> uefi_work() const;

  /// The agent takes the head if it is its own and may run; false when there is nothing for it to do.
  bool work_as_agent(Finished finished);

  [[nodiscard]] const IloDisagreements& choices() const { return choices_; }
  [[nodiscard]] const std::list<IloTask>& tasks() const { return tasks_; }
  /// Names of files that entries refer to: their components are locked.
  [[nodiscard]] std::set<std::string> files() const;

 private:
  void window_removed(const std::string& id) override;
  void window_changed(const std::string& id) override;
  [[nodiscard]] std::optional<UtcTime> latest_start(std::string_view window) const override;

  using Position = std::list<IloTask>::const_iterator;

  [[nodiscard]] const IloTask* find(std::string_view id) const;
  [[nodiscard]] IloTask* by_serial(std::uint64_t serial);
  [[nodiscard]] json::Value render(const IloTask& task) const;
  [[nodiscard]] IloTask read_new(IloForm& form) const;
  void read_settings(IloForm& form, IloTask& task) const;
  void read_outcome(IloForm& form, IloTask& task) const;
  [[nodiscard]] bool read_placement(IloForm& form) const;
  [[nodiscard]] std::optional<IloReply> refuse_change(const IloTask& task, std::string_view replaces,
                                                      Position position) const;
  [[nodiscard]] std::optional<Message> refuse_order(const IloTask& task, Position position) const;
  [[nodiscard]] Position place(bool at_start) const;
  IloTask& insert(IloTask task, Position position);
  [[nodiscard]] std::optional<IloTask> split_off(IloTask& task) const;
  [[nodiscard]] std::optional<UtcTime> start_of(const IloSchedule& schedule) const;
  [[nodiscard]] std::optional<UtcTime> end_of(const IloSchedule& schedule) const;

  bool work_once();
  void expire_late();
  void remove_old();
  [[nodiscard]] IloTask* head();
  [[nodiscard]] bool may_run(const IloTask& task) const;
  [[nodiscard]] bool is_for(const IloTask& task, std::string_view updater) const;
  bool run(IloTask& task, std::string_view updater, const Finished& finished);
  bool install(IloTask& task, std::string_view updater, const Finished& finished);
  [[nodiscard]] bool fails_at_once(IloTask& task, std::string_view updater);
  void command(IloTask& task);
  [[nodiscard]] static IloInstallOrder order_of(const IloTask& task, std::string_view updater);
  void installed(std::uint64_t serial, const std::optional<Message>& why_not, const Finished& finished);
  void finish(IloTask& task, const std::optional<Message>& why_not = std::nullopt);
  void set_state(IloTask& task, IloTaskState state);
  void leave_post();
  [[nodiscard]] std::optional<UtcTime> next_time();
  void arm();

  IloQueueOwner& owner_;
  IloWindows& windows_;
  IloDisagreements choices_;
  IloFeatures features_;
  std::list<IloTask> tasks_;
  std::uint64_t last_serial_ = 0;
  bool in_post_ = false;
  bool uefi_installed_ = false;  ///< in this POST
  bool working_ = false;
  bool again_ = false;
  std::optional<UtcTime> armed_;
  std::uint64_t armed_serial_ = 0;
};

}  // namespace firmform::simulators

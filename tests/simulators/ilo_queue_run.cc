// SPDX-License-Identifier: Apache-2.0
// What becomes of the entries of the queue: ilo.md 8.4 to 8.8.
#include <algorithm>
#include <utility>

#include "tests/simulators/ilo_queue.h"

namespace firmform::simulators {
namespace {

constexpr std::chrono::hours kKeptWhenComplete{24};
constexpr std::string_view kAfterDeviceReset = "AfterDeviceReset";
constexpr std::string_view kAfterReboot = "AfterReboot";

bool contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::ranges::find(texts, text) != texts.end();
}

bool is_passed_over(IloTaskState state) {
  return state == IloTaskState::complete || state == IloTaskState::canceled;
}

}  // namespace

// 8.5: the first entry that is not over; behind it nobody works.
IloTask* IloQueue::head() {
  const auto found = std::ranges::find_if(tasks_, [](const IloTask& task) { return !is_passed_over(task.state); });
  return found == tasks_.end() ? nullptr : &*found;
}

bool IloQueue::may_run(const IloTask& task) const {
  if (task.state != IloTaskState::pending || task.never_runs || !task.step.is_bound()) return false;
  // The window was renamed: nothing opens it any more (9).
  if (!task.schedule.window.empty() && windows_.find(task.schedule.window) == nullptr) return false;
  const std::optional<UtcTime> start = start_of(task.schedule);
  return !start || *start <= owner_.ilo_time();
}

bool IloQueue::is_for(const IloTask& task, std::string_view updater) const {
  return contains(updaters_of(task.step, owner_), updater);
}

void IloQueue::set_state(IloTask& task, IloTaskState state) {
  task.state = state;
  task.modified = owner_.ilo_time();
}

void IloQueue::finish(IloTask& task, const std::optional<Message>& why_not) {
  task.installing = false;
  task.awaits_restart = false;
  task.waits.reset();
  if (why_not) task.result = owner_.message_entry(*why_not);
  set_state(task, why_not ? IloTaskState::exception : IloTaskState::complete);
}

void IloQueue::work() {
  if (working_) {
    again_ = true;
    return;
  }
  working_ = true;
  do {
    again_ = false;
    expire_late();
    remove_old();
    leave_post();
    while (work_once()) {
    }
  } while (again_);
  working_ = false;
  arm();
}

bool IloQueue::work_once() {
  IloTask* task = head();
  if (task == nullptr) return false;
  if (task->waits && *task->waits <= owner_.ilo_time()) {
    finish(*task);
    return true;
  }
  if (!may_run(*task)) return false;
  if (is_for(*task, kBmc)) return run(*task, kBmc, {});
  if (in_post_ && owner_.server_on() && is_for(*task, kUefi)) return run(*task, kUefi, {});
  return false;
}

bool IloQueue::work_as_agent(Finished finished) {
  IloTask* task = head();
  if (task == nullptr || !may_run(*task) || !is_for(*task, kRuntimeAgent)) return false;
  const bool took_it = run(*task, kRuntimeAgent, finished);
  work();
  return took_it;
}

bool IloQueue::run(IloTask& task, std::string_view updater, const Finished& finished) {
  if (task.step.applies_update()) return install(task, updater, finished);
  // Nothing tells what PendingReset does; here it lets pass once the host was reset by somebody else.
  if (task.step.command == "PendingReset") return false;
  task.updater = updater;
  set_state(task, IloTaskState::in_progress);
  command(task);
  if (finished) finished(task);
  return true;
}

void IloQueue::command(IloTask& task) {
  const std::string& name = task.step.command;
  if (name == "Wait") {
    task.waits = owner_.ilo_time() + owner_.at_speed(std::chrono::seconds(task.step.wait_seconds));
  } else if (name == "ResetBmc") {
    task.awaits_restart = true;
    owner_.reset_bmc();
  } else {
    // Over first: the reset makes UEFI look at the queue. A server that is off has nothing to reset.
    finish(task);
    uefi_installed_ = false;
    if (!owner_.server_on()) return;
    if (name == "HostPoweroff")
      owner_.power_server_off();
    else
      owner_.reset_server();
  }
}

IloInstallOrder IloQueue::order_of(const IloTask& task, std::string_view updater) {
  return {.filename = task.step.filename,
          .updater = std::string(updater),
          .tpm_override = task.tpm_override,
          .update_recovery_set = task.update_recovery_set,
          .recovery_privilege = task.recovery_privilege,
          .targets = task.step.targets};
}

bool IloQueue::fails_at_once(IloTask& task, std::string_view updater) {
  const std::optional<IloComponentFacts> component = owner_.component(task.step.filename);
  if (!component) {
    finish(task, owner_.ilo_message_of({"UpdateInvalidFile"}, {}));
  } else if (updater == kBmc && !component->updatable_by.empty() && !contains(component->updatable_by, kBmc)) {
    finish(task, owner_.ilo_message_of({"UpdateNotApplicable"}, {}));
  } else if (updater == kBmc && choices_.bios_package_needs_uefi && component->package &&
             component->activates == kAfterReboot) {
    finish(task);
    task.result = owner_.message_entry({"iLO", "SystemResetRequired", {}});
  } else {
    return false;
  }
  return true;
}

bool IloQueue::install(IloTask& task, std::string_view updater, const Finished& finished) {
  task.updater = updater;
  if (fails_at_once(task, updater)) {
    if (finished) finished(task);
    return true;
  }
  if (!owner_.can_install()) return false;
  set_state(task, IloTaskState::in_progress);
  task.installing = true;
  const std::uint64_t serial = task.serial;
  owner_.install(order_of(task, updater), [this, serial, finished](const std::optional<Message>& why_not) {
    installed(serial, why_not, finished);
  });
  return true;
}

void IloQueue::installed(std::uint64_t serial, const std::optional<Message>& why_not, const Finished& finished) {
  IloTask* task = by_serial(serial);
  if (task != nullptr && task->installing) {
    const std::optional<IloComponentFacts> component = owner_.component(task->step.filename);
    const bool restarts_ilo = component && component->activates == kAfterDeviceReset;
    task->installing = false;
    if (!why_not && restarts_ilo) {
      task->awaits_restart = true;
    } else {
      finish(*task, why_not);
    }
    if (!why_not && task->updater == kUefi) uefi_installed_ = true;
    if (finished) finished(*task);
  }
  // The owner may not be ready for more before it has come to an end with this one.
  owner_.after(Duration(0), [this] { work(); });
}

// 8.8: once UEFI has nothing more to install, the machine starts anew with what was installed.
void IloQueue::leave_post() {
  if (!uefi_installed_ || !choices_.uefi_resets_after_install) return;
  const IloTask* next = head();
  const bool at_it = next != nullptr && next->state == IloTaskState::in_progress && next->updater == kUefi;
  const bool goes_on = in_post_ && next != nullptr && may_run(*next) && !is_for(*next, kBmc) && is_for(*next, kUefi) &&
                       next->step.command != "PendingReset";
  if (at_it || goes_on) return;
  uefi_installed_ = false;
  in_post_ = false;
  owner_.reset_server();
}

void IloQueue::ilo_restarted() {
  armed_.reset();
  ++armed_serial_;
  for (IloTask& task : tasks_) {
    if (task.awaits_restart) finish(task);
    if (task.installing) finish(task, owner_.ilo_message_of({"UpdateInterrupted", "UpdateFailed"}, {}));
  }
  work();
}

void IloQueue::post_began() {
  in_post_ = true;
  uefi_installed_ = false;
  for (IloTask* task = head(); task != nullptr && task->step.command == "PendingReset" && may_run(*task);
       task = head()) {
    finish(*task);
  }
  work();
}

void IloQueue::post_ended() {
  in_post_ = false;
}

std::vector<IloInstallOrder> IloQueue::uefi_work() const {
  std::vector<IloInstallOrder> orders;
  for (const IloTask& task : tasks_) {
    if (is_passed_over(task.state)) continue;
    if (!may_run(task) || is_for(task, kBmc) || !is_for(task, kUefi)) break;
    if (task.step.applies_update()) orders.push_back(order_of(task, kUefi));
  }
  return orders;
}

void IloQueue::expire_late() {
  for (IloTask& task : tasks_) {
    const std::optional<UtcTime> end = end_of(task.schedule);
    const bool late = task.state == IloTaskState::pending && end && *end <= owner_.ilo_time();
    if (late) set_state(task, IloTaskState::expired);
  }
}

void IloQueue::remove_old() {
  const UtcTime now = owner_.ilo_time();
  const auto removed = std::erase_if(tasks_, [now](const IloTask& task) {
    return task.state == IloTaskState::complete && task.modified + kKeptWhenComplete <= now;
  });
  if (removed > 0) owner_.references_changed();
}

/// When something happens by itself.
std::optional<UtcTime> IloQueue::next_time() {
  std::optional<UtcTime> next;
  const UtcTime now = owner_.ilo_time();
  const auto consider = [&next, now](const std::optional<UtcTime>& time) {
    if (time && *time > now && (!next || *time < *next)) next = time;
  };
  for (const IloTask& task : tasks_) {
    if (task.state == IloTaskState::pending) consider(end_of(task.schedule));
    if (task.state == IloTaskState::complete) consider(task.modified + kKeptWhenComplete);
    consider(task.waits);
  }
  if (const IloTask* task = head(); task != nullptr && task->state == IloTaskState::pending) {
    consider(start_of(task->schedule));
  }
  return next;
}

void IloQueue::arm() {
  const std::optional<UtcTime> next = next_time();
  // A timer that fires before that arms the next one.
  if (!next || (armed_ && *armed_ <= *next)) return;
  armed_ = next;
  const std::uint64_t serial = ++armed_serial_;
  owner_.after(*next - owner_.ilo_time(), [this, serial] {
    if (serial != armed_serial_) return;
    armed_.reset();
    work();
  });
}

}  // namespace firmform::simulators

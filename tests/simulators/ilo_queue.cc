// SPDX-License-Identifier: Apache-2.0
// The queue as a resource. What becomes of its entries is in ilo_queue_run.cc.
#include "tests/simulators/ilo_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "engine/base/time_text.h"
#include "tests/simulators/ilo_object_id.h"

namespace firmform::simulators {
namespace {

constexpr std::string_view kType = "HpeComponentUpdateTask";
constexpr std::array kStates{IloTaskState::pending, IloTaskState::in_progress, IloTaskState::complete,
                             IloTaskState::expired, IloTaskState::exception,   IloTaskState::canceled};
constexpr std::size_t kLongestResultLog = 2048;

const std::set<std::string, std::less<>>& read_only() {
  static const std::set<std::string, std::less<>> keys{"Component", "Created", "Id", "Modified", "RecoveryPrivilege"};
  return keys;
}

/// A new entry is Pending and has no result.
const std::set<std::string, std::less<>>& read_only_in_new() {
  static const auto keys = [] {
    std::set<std::string, std::less<>> all = read_only();
    all.insert({"State", "Result", "ResultLog"});
    return all;
  }();
  return keys;
}

std::optional<IloTaskState> state_of(std::string_view name) {
  const auto* found = std::ranges::find(kStates, name, [](IloTaskState state) { return to_string(state); });
  return found == kStates.end() ? std::nullopt : std::optional(*found);
}

// 1.6: the tag covers the state; this is the one that Pending entries were seen with.
std::uint32_t tag_of(IloTaskState state) {
  constexpr std::uint32_t kPendingTag = 0x0534A00A;
  return state == IloTaskState::pending ? kPendingTag : ilo_hash(to_string(state));
}

}  // namespace

std::string_view to_string(IloTaskState state) {
  switch (state) {
    case IloTaskState::pending:
      return "Pending";
    case IloTaskState::in_progress:
      return "InProgress";
    case IloTaskState::complete:
      return "Complete";
    case IloTaskState::expired:
      return "Expired";
    case IloTaskState::exception:
      return "Exception";
    case IloTaskState::canceled:
      return "Canceled";
  }
  return "Pending";
}

IloQueue::IloQueue(IloQueueOwner& owner, IloWindows& windows, IloDisagreements choices)
    : owner_(owner), windows_(windows), choices_(std::move(choices)), features_(ilo_features(owner.model())) {
  windows_.attach(*this);
}

const IloTask* IloQueue::find(std::string_view id) const {
  const auto found = std::ranges::find(tasks_, id, &IloTask::id);
  return found == tasks_.end() ? nullptr : &*found;
}

IloTask* IloQueue::by_serial(std::uint64_t serial) {
  const auto found = std::ranges::find(tasks_, serial, &IloTask::serial);
  return found == tasks_.end() ? nullptr : &*found;
}

std::set<std::string> IloQueue::files() const {
  std::set<std::string> files;
  for (const IloTask& task : tasks_) {
    if (!task.step.filename.empty()) files.insert(task.step.filename);
  }
  return files;
}

json::Value IloQueue::collection() const {
  std::vector<std::string> ids;
  for (const IloTask& task : tasks_) ids.push_back(task.id);
  return ilo_collection(kTaskQueue, "HpeComponentUpdateTaskQueueCollection", "Component Update Task Queue", ids,
                        features_);
}

json::Value IloQueue::member(std::string_view id) const {
  const IloTask* task = find(id);
  return task == nullptr ? json::Value() : render(*task);
}

json::Value IloQueue::render(const IloTask& task) const {
  std::map<std::string, json::Value> facts;
  for (const json::Member& member : render_step(task.step)) facts[member.key] = member.value;
  facts["Created"] = to_rfc3339(task.created);
  facts["Modified"] = to_rfc3339(task.modified);
  facts["RecoveryPrivilege"] = task.recovery_privilege;
  facts["State"] = to_string(task.state);
  if (task.step.applies_update()) {
    const bool misspelled = choices_.misspelled_recovery_set && !task.step.targets.empty();
    facts["TPMOverride"] = task.tpm_override;
    facts[misspelled ? "UpdatedRecoverySet" : "UpdateRecoverySet"] = task.update_recovery_set;
  }
  if (!task.schedule.window.empty()) facts["MaintenanceWindow"] = task.schedule.window;
  if (task.schedule.start_after) facts["StartAfter"] = to_rfc3339(*task.schedule.start_after);
  if (task.schedule.expire) facts["Expire"] = to_rfc3339(*task.schedule.expire);
  if (task.result) facts["Result"] = *task.result;
  if (!task.result_log.empty()) facts["ResultLog"] = task.result_log;
  json::Object shown{{"@odata.context", fmt::format("/redfish/v1/$metadata#{0}.{0}", kType)},
                     {"@odata.etag", ilo_tag(tag_of(task.state), features_)},
                     {"@odata.id", fmt::format("{}/{}", kTaskQueue, task.id)},
                     {"@odata.type", features_.task_type},
                     {"Id", task.id}};
  for (auto& [key, value] : facts) shown.set(key, std::move(value));
  return shown;
}

// 8.3
IloTask IloQueue::read_new(IloForm& form) const {
  IloTask task;
  task.step.name = form.required_text("Name");
  if (!form.has("Command")) {
    // The trap: accepted, and bound to no file for ever.
    task.step.component = "0";
    if (!choices_.unbound_without_command) form.refuse(base_message("PropertyMissing", {"Command"}));
  }
  read_step(form, features_, ilo_commands(features_, false), owner_, task.step);
  read_settings(form, task);
  task.recovery_privilege = owner_.has_privilege(kRecoveryPrivilege);
  return task;
}

void IloQueue::read_settings(IloForm& form, IloTask& task) const {
  task.tpm_override = form.flag("TPMOverride").value_or(task.tpm_override);
  task.update_recovery_set = form.flag("UpdateRecoverySet").value_or(task.update_recovery_set);
  if (auto window = form.nullable_text("MaintenanceWindow")) task.schedule.window = std::move(*window);
  const IloTime start = form.time("StartAfter");
  if (start.given) task.schedule.start_after = start.at;
  const IloTime expire = form.time("Expire");
  if (expire.given) task.schedule.expire = expire.at;
}

// That State can be written is how runtime agents report (8.2).
void IloQueue::read_outcome(IloForm& form, IloTask& task) const {
  std::vector<std::string> names;
  for (const IloTaskState state : kStates) names.emplace_back(to_string(state));
  if (const auto name = form.choice("State", names)) task.state = *state_of(*name);
  if (const json::Value& result = form.value("Result"); result.is_object()) task.result = result;
  if (auto log = form.text("ResultLog", kLongestResultLog, true)) task.result_log = std::move(*log);
}

bool IloQueue::read_placement(IloForm& form) const {
  return features_.task_placement && form.choice("TaskPlacementMode", {"QueueStart"}).has_value();
}

std::optional<UtcTime> IloQueue::start_of(const IloSchedule& schedule) const {
  const IloWindow* window = windows_.find(schedule.window);
  return window == nullptr ? schedule.start_after : window->start_after;
}

std::optional<UtcTime> IloQueue::end_of(const IloSchedule& schedule) const {
  const IloWindow* window = windows_.find(schedule.window);
  return window == nullptr ? schedule.expire : window->expire;
}

std::optional<Message> IloQueue::refuse_schedule(const IloSchedule& schedule) const {
  if (!schedule.window.empty() && windows_.find(schedule.window) == nullptr) {
    return base_message("PropertyValueNotInList", {schedule.window, "MaintenanceWindow"});
  }
  const std::optional<UtcTime> start = start_of(schedule);
  const std::optional<UtcTime> end = end_of(schedule);
  if (!end) return std::nullopt;
  if (start && *start >= *end) return incompatible(to_rfc3339(*start), "StartAfter", "Expire");
  if (*end <= owner_.ilo_time()) return incompatible(to_rfc3339(*end), "Expire", "CurrentTime");
  return std::nullopt;
}

// 8.3: an entry that would expire before one in front of it starts is not saved.
std::optional<Message> IloQueue::refuse_order(const IloTask& task, Position position) const {
  const std::optional<UtcTime> end = end_of(task.schedule);
  if (!end) return std::nullopt;
  for (auto before = tasks_.begin(); before != position; ++before) {
    const std::optional<UtcTime> start = start_of(before->schedule);
    if (before->state == IloTaskState::pending && start && *end <= *start) {
      return incompatible(to_rfc3339(*end), "Expire", "StartAfter");
    }
  }
  return std::nullopt;
}

std::optional<IloReply> IloQueue::refuse_change(const IloTask& task, std::string_view replaces,
                                                Position position) const {
  if (task.update_recovery_set && !owner_.has_privilege(kRecoveryPrivilege)) {
    return ilo_refusal(403, base_message("InsufficientPrivilege"));
  }
  if (task.id != replaces && find(task.id) != nullptr) {
    return ilo_duplicate(choices_, "UpdateTask", task.step.name);
  }
  if (const auto refused = refuse_schedule(task.schedule)) return ilo_refusal(400, *refused);
  if (const auto refused = refuse_order(task, position)) return ilo_refusal(400, *refused);
  return std::nullopt;
}

// QueueStart is in front of everything that nobody works on yet.
IloQueue::Position IloQueue::place(bool at_start) const {
  if (!at_start) return tasks_.end();
  auto position = tasks_.begin();
  for (auto task = tasks_.begin(); task != tasks_.end(); ++task) {
    if (task->state == IloTaskState::in_progress) position = std::next(task);
  }
  return position;
}

IloTask& IloQueue::insert(IloTask task, Position position) {
  task.serial = ++last_serial_;
  task.id = ilo_object_id(task.step.name);
  task.created = owner_.ilo_time();
  task.modified = task.created;
  return *tasks_.insert(position, std::move(task));
}

// 7.5
std::optional<IloTask> IloQueue::split_off(IloTask& task) const {
  constexpr std::string_view kSuffix = " (OS)";
  if (!choices_.three_updaters_split || updaters_of(task.step, owner_).size() < 3) return std::nullopt;
  IloTask part = task;
  part.step.name = part.step.name.substr(0, kLongestIloName - kSuffix.size()) + std::string(kSuffix);
  part.step.updatable_by = {std::string(kRuntimeAgent)};
  part.never_runs = true;
  task.step.updatable_by = {std::string(kBmc), std::string(kUefi)};
  return part;
}

void IloQueue::seed(const json::Value& shown) {
  IloTask task;
  task.step = captured_step(shown);
  if (const auto component = owner_.component(task.step.filename)) task.step.component = component->uri;
  if (const auto state = state_of(shown.text("State"))) task.state = *state;
  insert(std::move(task), tasks_.end());
  owner_.references_changed();
}

IloReply IloQueue::create(const json::Value& body) {
  if (!owner_.has_privilege(kConfigPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  IloForm form(body);
  IloTask task = read_new(form);
  const bool at_start = read_placement(form);
  form.finish(read_only_in_new());
  if (!form.problems().empty()) return ilo_refusal(400, form.problems());
  task.id = ilo_object_id(task.step.name);
  const Position position = place(at_start);
  if (auto refused = refuse_change(task, "", position)) return std::move(*refused);
  if (tasks_.size() >= choices_.queue_capacity) {
    return ilo_refusal(choices_.full_status, owner_.ilo_message_of({"UpdateTaskQueueFull"}, {}));
  }
  std::optional<IloTask> os_part = split_off(task);
  // The answer shows the entry as it was made, even where iLO begins with it at once.
  const IloReply reply{201, render(insert(std::move(task), position)), {}};
  if (os_part) insert(std::move(*os_part), position);
  owner_.references_changed();
  work();
  return reply;
}

IloReply IloQueue::change(std::string_view id, const json::Value& body) {
  if (!owner_.has_privilege(kConfigPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  const auto found = std::ranges::find(tasks_, id, &IloTask::id);
  if (found == tasks_.end()) return ilo_missing(kTaskQueue, id);
  IloForm form(body);
  IloTask task = *found;
  if (auto name = form.text("Name")) task.step.name = std::move(*name);
  for (const std::string key : {"UpdatableBy", "Targets"}) {
    if (form.has(key)) form.refuse(base_message("PropertyNotWritable", {key}));
  }
  if (form.has("Command") && !task.step.is_bound()) task.step.component.clear();
  read_step(form, features_, ilo_commands(features_, false), owner_, task.step);
  read_settings(form, task);
  read_outcome(form, task);
  const bool to_start = read_placement(form);
  form.finish(read_only());
  if (!form.problems().empty()) return ilo_refusal(400, form.problems());

  task.id = ilo_object_id(task.step.name);
  const bool new_times = form.has("StartAfter") || form.has("Expire") || form.has("MaintenanceWindow");
  if (task.id != found->id || new_times || task.update_recovery_set) {
    if (auto refused = refuse_change(task, found->id, to_start ? place(true) : found)) return std::move(*refused);
  }
  // An expired entry is edited or deleted (8.3).
  if (new_times && task.state == IloTaskState::expired) task.state = IloTaskState::pending;
  task.modified = owner_.ilo_time();
  *found = std::move(task);
  if (to_start) tasks_.splice(place(true), tasks_, found);
  owner_.references_changed();
  work();
  return ilo_success();
}

IloReply IloQueue::remove(std::string_view id) {
  if (!owner_.has_privilege(kConfigPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  const auto found = std::ranges::find(tasks_, id, &IloTask::id);
  if (found == tasks_.end()) return ilo_missing(kTaskQueue, id);
  tasks_.erase(found);
  owner_.references_changed();
  work();
  return ilo_success();
}

IloReply IloQueue::remove_all() {
  if (!owner_.has_privilege(kConfigPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  tasks_.clear();
  owner_.references_changed();
  return ilo_success();
}

// 10.4
IloReply IloQueue::add(const IloBatch& batch) {
  const std::size_t before = batch.clear_queue ? 0 : tasks_.size();
  if (before + batch.steps.size() > choices_.queue_capacity) {
    return ilo_refusal(choices_.full_status, owner_.ilo_message_of({"UpdateTaskQueueFull"}, {}));
  }
  if (const auto refused = refuse_schedule(batch.schedule)) return ilo_refusal(400, *refused);
  std::vector<IloTask> added;
  for (const IloStep& step : batch.steps) {
    IloTask task;
    task.step = step;
    task.id = ilo_object_id(step.name);
    task.schedule = batch.schedule;
    task.tpm_override = batch.tpm_override;
    task.update_recovery_set = batch.update_recovery_set && step.applies_update();
    task.recovery_privilege = owner_.has_privilege(kRecoveryPrivilege);
    const auto refused = batch.clear_queue ? std::nullopt : refuse_change(task, "", tasks_.end());
    if (refused) return *refused;
    added.push_back(std::move(task));
  }
  if (batch.clear_queue) tasks_.clear();
  for (IloTask& task : added) insert(std::move(task), tasks_.end());
  owner_.references_changed();
  work();
  return ilo_success();
}

void IloQueue::window_removed(const std::string& id) {
  for (IloTask& task : tasks_) {
    const bool waits = task.state == IloTaskState::pending || task.state == IloTaskState::expired;
    if (task.schedule.window == id && waits) set_state(task, IloTaskState::canceled);
  }
  work();
}

// 9: new times of a window hold for all entries that refer to it.
void IloQueue::window_changed(const std::string& id) {
  for (IloTask& task : tasks_) {
    const bool expired = task.schedule.window == id && task.state == IloTaskState::expired;
    if (expired) set_state(task, IloTaskState::pending);
  }
  work();
}

std::optional<UtcTime> IloQueue::latest_start(std::string_view window) const {
  std::optional<UtcTime> latest;
  for (const IloTask& task : tasks_) {
    const std::optional<UtcTime> start = start_of(task.schedule);
    const bool counts = task.state == IloTaskState::pending && task.schedule.window != window && start;
    if (counts && (!latest || *start > *latest)) latest = start;
  }
  return latest;
}

}  // namespace firmform::simulators

// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/task.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/http/retry.h"
#include "providers/redfish/links.h"
#include "providers/redfish/messages.h"
#include "providers/redfish/resource.h"

namespace firmform::redfish {
namespace {

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& set, std::string_view value) {
  return std::ranges::find(set, value) != set.end();
}

/// States of Task, Job and Dell's jobs. Everything else is active.
TaskPhase phase_of(std::string_view state) {
  constexpr std::array<std::string_view, 2> kSucceeded = {"Completed", "Complete"};
  constexpr std::array<std::string_view, 8> kFailed = {"Exception",           "Killed",       "Cancelled", "Failed",
                                                       "CompletedWithErrors", "RebootFailed", "Invalid",   "Error"};
  constexpr std::array<std::string_view, 5> kWaiting = {"Suspended", "Scheduled", "RebootPending", "PendingActivation",
                                                        "UserIntervention"};
  if (contains(kSucceeded, state)) return TaskPhase::succeeded;
  if (contains(kFailed, state)) return TaskPhase::failed;
  if (contains(kWaiting, state)) return TaskPhase::waiting;
  return TaskPhase::active;
}

/// Messages that mean failure although the task ends as Completed (redfish.md A.11).
bool means_failure(const Message& message) {
  constexpr std::array<std::string_view, 8> kFailures = {
      "NoTargetsDetermined", "TransferFailed", "VerificationFailed",  "ApplyFailed",
      "ActivateFailed",      "TaskAborted",    "UpdateNotApplicable", "UpdateVerifyFailed"};
  return message.severity == "Critical" || contains(kFailures, http::message_key(message.id));
}

/// Messages that mean "staged; a restart goes on with it".
bool means_waiting(const Message& message) {
  constexpr std::array<std::string_view, 3> kWaiting = {"TaskPaused", "AwaitToActivate", "AwaitToUpdate"};
  return contains(kWaiting, http::message_key(message.id));
}

/// Messages of a task have the shape of ExtendedInfo; empty ones are dropped.
std::vector<Message> task_messages(const json::Value& task) {
  const json::Value wrapped = json::Object{{"@Message.ExtendedInfo", task["Messages"]}};
  std::vector<Message> all = messages(wrapped);
  std::erase_if(all, [](const Message& message) { return message.id.empty() && message.text.empty(); });
  return all;
}

bool is_held_back(const json::Value& task, const std::vector<Message>& said) {
  constexpr std::array<std::string_view, 3> kOnReset = {"OnReset", "InMaintenanceWindowOnReset", "OnTargetReset"};
  if (contains(kOnReset, task.text("@Redfish.OperationApplyTime"))) return true;
  return !said.empty() && means_waiting(said.back());
}

std::optional<int> percent_of(const json::Value& task) {
  for (const json::Value* value : {&task["PercentComplete"], &task["Oem"]["Dell"]["PercentComplete"]}) {
    const auto percent = value->as_int();
    if (percent && *percent >= 0 && *percent <= 100) return static_cast<int>(*percent);
  }
  return std::nullopt;
}

std::string last_text(const json::Value& task, const std::vector<Message>& said) {
  if (!said.empty() && !said.back().text.empty()) return said.back().text;
  const std::string_view dell = task["Oem"]["Dell"].text("Message");
  if (!dell.empty()) return std::string(dell);
  return said.empty() ? std::string() : readable({said.back()});
}

bool is_task_path(std::string_view path) {
  return path.starts_with('/') &&
         (path.find("/Tasks/") != std::string_view::npos || path.find("/TaskMonitors/") != std::string_view::npos);
}

/// A path in the arguments of a message: Supermicro and Lenovo put links there.
template <class Predicate>
std::string path_in(const std::vector<Message>& said, Predicate predicate) {
  for (const Message& message : said) {
    const auto found = std::ranges::find_if(message.args, predicate);
    if (found != message.args.end()) return *found;
  }
  return {};
}

bool is_task(const json::Value& body) {
  return body.text("@odata.type").starts_with("#Task.");
}

std::string task_uri_in(const Reply& reply) {
  if (is_task(reply.body)) return uri_of(reply.body);
  if (const auto location = reply.headers.find("Location")) return task_uri_of(*location);
  if (const std::string_view monitor = reply.body.text("TaskMonitor"); !monitor.empty()) return task_uri_of(monitor);
  if (is_task_path(reply.body.text("@odata.id"))) return uri_of(reply.body);
  std::vector<Message> said = messages(reply.body);
  const std::vector<Message> wrapped = messages(reply.body["Accepted"]);
  said.insert(said.end(), wrapped.begin(), wrapped.end());
  return task_uri_of(path_in(said, [](const std::string& text) { return is_task_path(path_of(text)); }));
}

}  // namespace

TaskView view_task(const json::Value& task) {
  const std::vector<Message> said = task_messages(task);
  TaskView view;
  view.state = task.text("TaskState").empty() ? task.text("JobState") : task.text("TaskState");
  view.phase = phase_of(view.state);
  // Dell's TaskState alone is not enough: Running may mean Scheduled.
  const std::string_view dell = task["Oem"]["Dell"].text("JobState");
  if (!dell.empty() && view.phase != TaskPhase::failed) {
    view.state = dell;
    view.phase = phase_of(dell);
  }
  const std::string_view status = task.text("TaskStatus").empty() ? task.text("JobStatus") : task.text("TaskStatus");
  if (view.phase == TaskPhase::succeeded && (status == "Critical" || std::ranges::any_of(said, means_failure))) {
    view.phase = TaskPhase::failed;
  }
  if (view.phase == TaskPhase::active && is_held_back(task, said)) {
    constexpr std::array<std::string_view, 3> kAtRest = {"New", "Pending", "Stopping"};
    if (contains(kAtRest, view.state)) view.phase = TaskPhase::waiting;
  }
  view.percent = percent_of(task);
  const std::string detail = last_text(task, said);
  view.text = detail.empty() ? view.state : fmt::format("{}: {}", view.state, detail);
  view.job_uri =
      path_in(said, [](const std::string& text) { return path_of(text).find("/Jobs/") != std::string::npos; });
  return view;
}

Accepted accepted(const Reply& reply) {
  Accepted result;
  result.status = reply.status;
  result.task_uri = reply.status == 201 ? std::string() : task_uri_in(reply);
  result.message = is_task(reply.body) ? view_task(reply.body).text : readable(messages(reply.body));
  if (result.message.empty()) result.message = fmt::format("HTTP {}", reply.status);
  return result;
}

std::string task_uri_of(std::string_view location) {
  if (location.empty()) return {};
  std::string path = path_of(location);
  constexpr std::string_view kMonitors = "/TaskMonitors/";
  constexpr std::string_view kMonitor = "/Monitor";
  if (path.ends_with(kMonitor) && is_task_path(path)) path.resize(path.size() - kMonitor.size());
  if (const auto at = path.find(kMonitors); at != std::string::npos) path.replace(at, kMonitors.size(), "/Tasks/");
  return path;
}

}  // namespace firmform::redfish

// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/tasks.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/time_text.h"
#include "tests/simulators/captured_tree.h"

namespace firmform::simulators {
namespace {

json::Array message_entries(const TaskRecord& task, const MessageWriter& writer) {
  json::Array entries;
  for (const Message& message : task.messages) entries.push_back(writer.entry(message));
  return entries;
}

json::Value payload(const TaskRecord& task) {
  json::Object payload{{"HttpOperation", "POST"}, {"TargetUri", task.target_uri}, {"HttpHeaders", json::Array{}}};
  if (!task.request_body.empty()) payload.set("JsonBody", task.request_body);
  return payload;
}

std::string dell_message(const TaskRecord& task, const MessageWriter& writer) {
  if (task.job_state == "Scheduled") return "Task successfully scheduled.";
  if (task.job_state == "Downloading") return "Package is being downloaded.";
  if (task.job_state == "Completed") return "Job completed successfully.";
  if (task.job_state == "Failed" && !task.messages.empty()) {
    return std::string(writer.entry(task.messages.back()).text("Message"));
  }
  return task.job_state == "Running" ? "Job in progress." : "New job created.";
}

json::Object dell_facts(const TaskRecord& task, const MessageWriter& writer) {
  return json::Object{
      {"CompletionTime", task.ended ? json::Value(to_rfc3339(*task.ended)) : json::Value("TIME_NA")},
      {"Id", task.id},
      {"JobState", task.job_state},
      {"JobType", "FirmwareUpdate"},
      {"Message", dell_message(task, writer)},
      {"MessageArgs", json::Array{}},
      {"MessageId", task.finished() ? (task.failed() ? "RED007" : "PR19") : "RED001"},
      {"Name", task.name},
      {"PercentComplete", task.percent},
      {"StartTime", "TIME_NOW"},
  };
}

}  // namespace

TaskRecord& Tasks::add(TaskRecord task) {
  tasks_.push_back(std::move(task));
  return tasks_.back();
}

TaskRecord* Tasks::find(std::string_view id) {
  const auto found = std::ranges::find(tasks_, id, &TaskRecord::id);
  return found == tasks_.end() ? nullptr : &*found;
}

const TaskRecord* Tasks::find(std::string_view id) const {
  const auto found = std::ranges::find(tasks_, id, &TaskRecord::id);
  return found == tasks_.end() ? nullptr : &*found;
}

bool Tasks::remove(std::string_view id) {
  return std::erase_if(tasks_, [&](const TaskRecord& task) { return task.id == id; }) > 0;
}

json::Value task_document(const TaskRecord& task, const ModelTraits& traits, const MessageWriter& writer) {
  json::Object document{
      {"@odata.context", "/redfish/v1/$metadata#Task.Task"},
      {"@odata.id", fmt::format("{}/{}", kTasks, task.id)},
      {"@odata.type", traits.hpe ? "#Task.v1_3_0.Task" : "#Task.v1_4_3.Task"},
      {"Id", task.id},
      {"Name", task.name},
      {"Description", traits.hpe ? "iLO Task" : "Task"},
      {"Messages", message_entries(task, writer)},
      {"Payload", payload(task)},
      {"StartTime", to_rfc3339(task.started)},
      {"TaskMonitor", fmt::format("{}/{}", traits.update.location_is_task ? kTasks : kMonitors, task.id)},
      {"TaskState", task.state},
  };
  if (!traits.hpe) document.set("PercentComplete", task.percent);
  if (!task.status.empty()) document.set("TaskStatus", task.status);
  if (task.ended) document.set("EndTime", to_rfc3339(*task.ended));
  if (traits.update.ids == IdStyle::dell) {
    json::Object facts = dell_facts(task, writer);
    facts.set("@odata.type", "#DellJob.v1_2_0.DellJob");
    document.set("Oem", json::Object{{"Dell", std::move(facts)}});
  }
  return document;
}

std::string dell_task_name(const ImageInfo& info) {
  return info.component == "bios" ? "Firmware Update: BIOS" : "Firmware Update: iDRAC with Lifecycle Controller";
}

json::Value dell_job_document(const TaskRecord& task, std::string_view uri, const MessageWriter& writer) {
  json::Object document{{"@odata.context", "/redfish/v1/$metadata#DellJob.DellJob"},
                        {"@odata.id", uri},
                        {"@odata.type", "#DellJob.v1_2_0.DellJob"}};
  for (const json::Member& member : dell_facts(task, writer)) document.set(member.key, member.value);
  return document;
}

}  // namespace firmform::simulators

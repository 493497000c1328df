// SPDX-License-Identifier: Apache-2.0
// Tasks of a simulated BMC. Reference: redfish.md A.9, ilo.md 7.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/json/value.h"
#include "tests/simulators/image.h"
#include "tests/simulators/messages.h"

namespace firmform::simulators {

struct TaskRecord {
  std::string id;
  std::string name;
  std::string state = "New";  ///< a TaskState
  std::string status;         ///< OK, Warning, Critical; empty until known
  std::string job_state;      ///< Dell's JobState
  int percent = 0;
  UtcTime started{};
  std::optional<UtcTime> ended;
  std::vector<Message> messages;
  std::string target_uri;  ///< of the request that began it
  std::string request_body;
  bool monitor_used_up = false;  ///< its monitor answers 404
  bool purged = false;           ///< gone as a Task, while Dell's job stays

  [[nodiscard]] bool finished() const { return ended.has_value(); }
  [[nodiscard]] bool failed() const { return finished() && status == "Critical"; }
};

class Tasks {
 public:
  TaskRecord& add(TaskRecord task);
  [[nodiscard]] TaskRecord* find(std::string_view id);
  [[nodiscard]] const TaskRecord* find(std::string_view id) const;
  bool remove(std::string_view id);
  void clear() { tasks_.clear(); }
  [[nodiscard]] const std::vector<TaskRecord>& all() const { return tasks_; }
  /// 1, 2, …; numbers are not used again, a restart of the BMC notwithstanding.
  [[nodiscard]] int next_number() { return ++last_number_; }

 private:
  std::vector<TaskRecord> tasks_;
  int last_number_ = 0;
};

/// The Task resource as the model shows it.
[[nodiscard]] json::Value task_document(const TaskRecord& task, const ModelTraits& traits, const MessageWriter& writer);
/// The name by which iDRAC's jobs are known.
[[nodiscard]] std::string dell_task_name(const ImageInfo& info);
/// Dell's view of the same work; `uri` is where it is read.
[[nodiscard]] json::Value dell_job_document(const TaskRecord& task, std::string_view uri, const MessageWriter& writer);

}  // namespace firmform::simulators

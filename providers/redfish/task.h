// SPDX-License-Identifier: Apache-2.0
// The task contract of redfish.md A.9, with the states and shapes that BMCs add to it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/json/value.h"
#include "providers/provider.h"
#include "providers/redfish/client.h"

namespace firmform::redfish {

enum class TaskPhase {
  active,   ///< also for states that nobody knows: a deadline ends them
  waiting,  ///< for a restart of the host, or for a person
  succeeded,
  failed,
};

struct TaskView {
  TaskPhase phase = TaskPhase::active;
  std::string state;  ///< as received
  std::optional<int> percent;
  std::string text;     ///< state and the last message, for people
  std::string job_uri;  ///< Job that the task handed its work to; empty: none
};

/// A Task, or a Job in the same shape.
[[nodiscard]] TaskView view_task(const json::Value& task);

/// What the BMC accepted, with the URI of the Task wherever the reply hides it: body, Location, or messages.
[[nodiscard]] Accepted accepted(const Reply& reply);

/// URI of the Task resource that a monitor or Location stands for: the Task stays readable, a monitor does not.
[[nodiscard]] std::string task_uri_of(std::string_view location);

}  // namespace firmform::redfish

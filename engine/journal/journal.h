// SPDX-License-Identifier: Apache-2.0
// Journal: history and crash evidence of runs, never state. An intent is durable before its request
// leaves. Behind an interface: SQLite on this machine, memory in tests, a server database later.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/task.h"
#include "engine/plan/plan.h"

namespace firmform::journal {

enum class EventKind {
  run_started,
  intent,        ///< about to send an action's request
  accepted,      ///< the BMC took it; detail: task URI
  refused,       ///< the BMC or the network refused it and nothing happened
  uncertain,     ///< sent, and the reply was lost
  observed,      ///< result of a probe; detail: what was seen
  succeeded,
  failed,
  skipped,       ///< not started, because of another action, a stale host or an interrupt
  unknown,       ///< the evidence does not tell; a person must look
  detached,      ///< left running on the BMC
  run_finished,
};

[[nodiscard]] std::string_view to_string(EventKind kind);
[[nodiscard]] std::optional<EventKind> parse_event_kind(std::string_view text);

struct Event {
  std::int64_t sequence = 0;  ///< assigned by append, from 1, without gaps
  UtcTime at{};
  EventKind kind = EventKind::run_started;
  std::optional<plan::ActionId> action;
  std::string task_uri;
  std::string detail;         ///< one line, no secrets
  bool operator==(const Event&) const = default;
};

struct Run {
  std::string id;
  std::string plan_id;
  UtcTime started_at{};
  std::optional<UtcTime> finished_at;
  std::string result;         ///< exit name; empty while running or after a crash
};

class Journal {
 public:
  virtual ~Journal() = default;
  /// Stores the plan with the run, so that resume needs no files. Fails with plan_used when this plan was
  /// run before.
  virtual Task<Status> begin(Run run, const plan::Plan& plan) = 0;
  /// Durable when it returns.
  virtual Task<Status> append(std::string run_id, Event event) = 0;
  virtual Task<Status> finish(std::string run_id, UtcTime at, std::string result) = 0;

  [[nodiscard]] virtual Result<std::vector<Run>> runs() = 0;  ///< newest first
  [[nodiscard]] virtual Result<plan::Plan> plan_of(const std::string& run_id) = 0;
  [[nodiscard]] virtual Result<std::vector<Event>> events(const std::string& run_id) = 0;
};

}  // namespace firmform::journal

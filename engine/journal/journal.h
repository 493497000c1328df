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
  intent,     ///< about to send an action's request
  accepted,   ///< the BMC took it; detail: task URI
  refused,    ///< the BMC or the network refused it and nothing happened
  uncertain,  ///< sent, and the reply was lost
  observed,   ///< result of a probe; detail: what was seen
  succeeded,
  failed,
  skipped,   ///< not started, because of another action, a stale host or an interrupt
  unknown,   ///< the evidence does not tell; a person must look
  detached,  ///< left running on the BMC
  run_finished,
  resumed,            ///< another process took the run up; what runs meanwhile was not watched
  deferred,           ///< of an action: its window does not have the time for it; of a host: it was not begun
  waiting,            ///< a host waits for work of others; detail: which
  health,             ///< of a host before its first write, as JSON
  settings,           ///< guarded settings of a host before its first write, as JSON
  settings_differ,    ///< guarded settings that are not as before; detail: which
  host_done,          ///< what was compared after a host's last action is as it should be
  host_failed,        ///< it is not; detail: the error
  wave_started,       ///< subject: the wave's index; detail: its name
  wave_finished,      ///< subject: the wave's index; detail: the decision with its numbers
  paused,             ///< subject: the index of the wave whose gate it is, or empty for a person's wish; detail: why
  continued,          ///< what was paused goes on; subject: as of paused
  advanced,           ///< subject: the index of the wave whose soak a person ended
  cancelled,          ///< no further host is begun
  windows_ignored,    ///< detail: the reason that was given
  policy_overridden,  ///< subject: the policy rule; detail: who overrode it, and why
  control_seen,       ///< subject: sequence of the control that the run has acted on
};

[[nodiscard]] std::string_view to_string(EventKind kind);
[[nodiscard]] std::optional<EventKind> parse_event_kind(std::string_view text);

struct Event {
  std::int64_t sequence = 0;  ///< assigned by append, from 1, without gaps
  UtcTime at{};
  EventKind kind = EventKind::run_started;
  std::optional<plan::ActionId> action;
  std::string task_uri;
  std::string detail;   ///< one line, no secrets
  std::string subject;  ///< of an event without an action: the host, wave or control that it is about
  bool operator==(const Event&) const = default;
};

/// What a person asks of a run from another process.
enum class ControlKind {
  pause,    ///< begin no further host, and end when those in work are done
  proceed,  ///< take back a pause
  advance,  ///< end the soak
  cancel,   ///< begin no further host, and finish the run
};

[[nodiscard]] std::string_view to_string(ControlKind kind);  ///< "pause", "continue", "advance", "cancel"
[[nodiscard]] std::optional<ControlKind> parse_control_kind(std::string_view text);

struct Control {
  std::int64_t sequence = 0;  ///< assigned by ask, from 1, without gaps
  UtcTime at{};
  ControlKind kind = ControlKind::pause;
  std::string by;  ///< who asked, one line
  bool operator==(const Control&) const = default;
};

struct Run {
  std::string id;
  std::string plan_id;
  UtcTime started_at{};
  std::optional<UtcTime> finished_at;
  std::string result;  ///< exit name; empty while running or after a crash
};

class Journal {
 public:
  virtual ~Journal() = default;
  /// Stores the plan with the run, so that resume needs no files. Fails with plan_used when an
  /// earlier run of this plan was about to send something.
  virtual Task<Status> begin(Run run, const plan::Plan& plan) = 0;
  /// Durable when it returns.
  virtual Task<Status> append(std::string run_id, Event event) = 0;
  virtual Task<Status> finish(std::string run_id, UtcTime at, std::string result) = 0;

  /// Leaves a wish for the run, durable when it returns; its sequence. Fails with control_refused when the run is
  /// finished, and with run_not_found. Needs no lock. A journal that one process has for itself takes none.
  virtual Task<Result<std::int64_t>> ask(std::string run_id, Control control);
  /// All that was ever asked of the run, oldest first.
  [[nodiscard]] virtual Result<std::vector<Control>> controls(const std::string& run_id);

  [[nodiscard]] virtual Result<std::vector<Run>> runs() = 0;  ///< newest first
  [[nodiscard]] virtual Result<plan::Plan> plan_of(const std::string& run_id) = 0;
  [[nodiscard]] virtual Result<std::vector<Event>> events(const std::string& run_id) = 0;
};

}  // namespace firmform::journal

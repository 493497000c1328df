// SPDX-License-Identifier: Apache-2.0
// View: what a run tells whoever watches it. Text, live display and JSON stream are views.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.h"

namespace firmform::apply {

enum class HostResult {
  done,         ///< all its actions succeeded
  scheduled,    ///< all were accepted, and the BMC does the rest by itself in a window ahead
  failed,       ///< one did not; see the error
  unreachable,  ///< it could not be read, and nothing was sent to it
  moved,        ///< it is not as the plan saw it, and was left alone
  unknown,      ///< a request may have been executed; a person must look
  deferred,     ///< not started: its window is not open, or its work would not end in it
  held,         ///< not started: the rollout is paused or was cancelled
  skipped,      ///< not started: too many failures, or a host that it waits for
  detached,     ///< interrupted; what runs on the BMC goes on
};

[[nodiscard]] std::string_view to_string(HostResult result);

struct HostOutcome {
  HostResult result = HostResult::done;
  std::optional<Error> error;
  std::vector<std::string> notes;  ///< what a person may want to know of a host that is done, one sentence each
};

struct Summary {
  std::string run_id;
  std::map<std::string, HostOutcome> hosts;  ///< those with actions
  Duration elapsed{0};

  [[nodiscard]] std::size_t count(HostResult result) const;
  /// The worst of the hosts' outcomes.
  [[nodiscard]] Exit exit() const;
};

class View {
 public:
  virtual ~View() = default;
  virtual void run_started(const plan::Plan& plan, const std::string& run_id, bool resumed) = 0;
  /// Before any host is changed, all that nothing was sent to yet are read and checked.
  virtual void checks_started(std::size_t hosts);
  /// One more host was checked; those that may not be changed are reported by host_finished().
  virtual void host_checked(std::size_t done, std::size_t hosts);
  /// A wave begins; `index` counts from 0.
  virtual void wave_started(const plan::Wave& wave, std::size_t index, std::size_t waves);
  /// A wave is over, with the numbers that decide whether the next one begins: "1/5 failed = 20.0 % > 10 %: stop".
  virtual void wave_finished(const plan::Wave& wave, const std::string& decision);
  /// The run does nothing until `until` (a soak, a window), or until a person goes on (no time).
  virtual void run_waits(const std::string& reason, std::optional<UtcTime> until);
  virtual void host_started(const std::string& host) = 0;
  virtual void action_started(const plan::Action& action) = 0;
  /// On every look at a running action, changed or not: a view decides what it shows.
  virtual void action_progress(const plan::Action& action, std::optional<int> percent, const std::string& text) = 0;
  virtual void action_succeeded(const plan::Action& action, const std::string& detail) = 0;
  virtual void host_finished(const std::string& host, const HostOutcome& outcome) = 0;
  virtual void run_finished(const Summary& summary) = 0;
};

}  // namespace firmform::apply

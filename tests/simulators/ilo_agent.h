// SPDX-License-Identifier: Apache-2.0
// IloAgent: the runtime agent (iSUT) in the host's operating system, and what the iLO shows of it. It polls the queue
// and works on RuntimeAgent entries, if its mode lets it. Reference: ilo.md 11.4.
#pragma once

#include <cstdint>
#include <string>

#include "tests/simulators/ilo_queue.h"

namespace firmform::simulators {

struct IloAgentSettings {
  bool installed = true;
  bool running = true;                       ///< ServiceState Running or Stopped
  std::string mode = "OnDemand";             ///< AutoStage, AutoDeploy, AutoDeployReboot
  std::chrono::minutes polling_interval{5};  ///< at real speed
  bool queued_updates = true;                ///< EnableiLOQueuedUpdates
  std::chrono::seconds reboot_delay{60};     ///< of AutoDeployReboot, at real speed
};

class IloAgent {
 public:
  /// Polls from now on. `owner` and `queue` must outlive it.
  IloAgent(IloQueueOwner& owner, IloQueue& queue, IloAgentSettings settings);
  IloAgent(const IloAgent&) = delete;
  IloAgent& operator=(const IloAgent&) = delete;

  /// Systems/1/hpsut; null when no agent was ever installed.
  [[nodiscard]] json::Value resource(std::string_view uri) const;
  /// Systems/1/hpsut/settings
  [[nodiscard]] json::Value settings_resource(std::string_view uri) const;
  /// The iLO is back: timers are armed anew.
  void ilo_restarted();
  void set(IloAgentSettings settings);
  [[nodiscard]] const IloAgentSettings& settings() const { return settings_; }

 private:
  [[nodiscard]] bool installs() const;
  [[nodiscard]] bool reboots_for(const IloTask& task) const;
  void poll();
  void take_next();
  void finished(const IloTask& task);
  void arm_poll();
  void arm_reboot();

  IloQueueOwner& owner_;
  IloQueue& queue_;
  IloAgentSettings settings_;
  bool wants_reboot_ = false;  ///< something that it installed waits for one
  bool reboot_armed_ = false;
  std::uint64_t generation_ = 0;  ///< timers of an older one do nothing
};

}  // namespace firmform::simulators

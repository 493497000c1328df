// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/ilo_agent.h"

#include <fmt/format.h>

#include <utility>

namespace firmform::simulators {

IloAgent::IloAgent(IloQueueOwner& owner, IloQueue& queue, IloAgentSettings settings)
    : owner_(owner), queue_(queue), settings_(std::move(settings)) {
  arm_poll();
}

void IloAgent::set(IloAgentSettings settings) {
  settings_ = std::move(settings);
  ilo_restarted();
}

void IloAgent::ilo_restarted() {
  ++generation_;
  reboot_armed_ = false;
  arm_poll();
  if (wants_reboot_) arm_reboot();
}

// OnDemand waits for somebody at the host, AutoStage only copies: the queue stalls.
bool IloAgent::installs() const {
  const bool by_itself = settings_.mode == "AutoDeploy" || settings_.mode == "AutoDeployReboot";
  return settings_.installed && settings_.running && settings_.queued_updates && by_itself && owner_.system_runs();
}

void IloAgent::arm_poll() {
  if (!settings_.installed) return;
  const std::uint64_t generation = generation_;
  owner_.after(owner_.at_speed(settings_.polling_interval), [this, generation] {
    if (generation == generation_) poll();
  });
}

void IloAgent::poll() {
  arm_poll();
  take_next();
}

void IloAgent::take_next() {
  if (!installs()) return;
  const bool took_one = queue_.work_as_agent([this](const IloTask& task) { finished(task); });
  if (!took_one && wants_reboot_) arm_reboot();
}

bool IloAgent::reboots_for(const IloTask& task) const {
  if (settings_.mode != "AutoDeployReboot" || task.state != IloTaskState::complete) return false;
  const auto component = owner_.component(task.step.filename);
  return component && component->activates == "AfterReboot";
}

void IloAgent::finished(const IloTask& task) {
  if (task.step.command == "ResetServer") wants_reboot_ = false;
  if (task.step.applies_update() && reboots_for(task)) wants_reboot_ = true;
  // Not at once: the iLO has to come to an end with this one first.
  const std::uint64_t generation = generation_;
  owner_.after(Duration(0), [this, generation] {
    if (generation == generation_) take_next();
  });
}

void IloAgent::arm_reboot() {
  if (std::exchange(reboot_armed_, true)) return;
  const std::uint64_t generation = generation_;
  owner_.after(owner_.at_speed(settings_.reboot_delay), [this, generation] {
    if (generation != generation_) return;
    reboot_armed_ = false;
    if (!std::exchange(wants_reboot_, false) || !owner_.server_on()) return;
    owner_.reset_server();
  });
}

json::Value IloAgent::resource(std::string_view uri) const {
  if (!settings_.installed) return {};
  const bool ilo5 = owner_.model().starts_with("ilo5");
  const auto minutes = static_cast<std::int64_t>(settings_.polling_interval.count());
  return json::Object{
      {"@odata.context", "/redfish/v1/$metadata#SUT.SUT"},
      {"@odata.id", uri},
      {"@odata.type", ilo5 ? "#SUT.v2_5_6.SUT" : "#SUT.v4_5_0.SUT"},
      {"Id", "hpsut"},
      {"Name", "Integrated Smart Update Tools"},
      {"Capabilities", json::Array{"AutoDeploy", "AutoDeployReboot", "AutoStage", "OnDemand"}},
      {"Mode", settings_.mode},
      {"PollingIntervalInMinutes", minutes},
      {"ServiceState", settings_.running ? "Running" : "Stopped"},
      {"ServiceVersion", ilo5 ? "2.5.6" : "4.5.0"},
      {"StagingDirectory", "/var/tmp/sut/stagingdirectory"},
      {"Links", json::Object{{"Settings", json::Object{{"@odata.id", fmt::format("{}/settings", uri)}}}}}};
}

json::Value IloAgent::settings_resource(std::string_view uri) const {
  if (!settings_.installed) return {};
  const bool ilo5 = owner_.model().starts_with("ilo5");
  const auto delay = static_cast<std::int64_t>(settings_.reboot_delay.count());
  return json::Object{
      {"@odata.context", "/redfish/v1/$metadata#SUT.SUT"},
      {"@odata.id", uri},
      {"@odata.type", ilo5 ? "#SUT.v2_5_6.SUT" : "#SUT.v4_5_0.SUT"},
      {"Id", "settings"},
      {"Name", "Integrated Smart Update Tools Settings"},
      {"EnableiLOQueuedUpdates", settings_.queued_updates},
      {"InstallationOptions", json::Object{}},
      {"Mode", settings_.mode},
      {"RebootAllowed", settings_.mode == "AutoDeployReboot"},
      {"RebootOptions",
       json::Object{{"Action", "IfNeeded"}, {"DelaySeconds", delay}, {"RebootMessage", "Rebooting this server"}}}};
}

}  // namespace firmform::simulators

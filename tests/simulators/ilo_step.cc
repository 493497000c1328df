// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/ilo_step.h"

#include <algorithm>

namespace firmform::simulators {
namespace {

constexpr std::size_t kMostTargets = 10;
constexpr int kLongestTimeout = 300;  // minutes
constexpr int kLongestWait = 3600;    // seconds

void read_file(IloForm& form, const IloQueueOwner& owner, IloStep& step) {
  const std::optional<std::string> file = form.file("Filename");
  // An entry without Command drops the file that it names (8.3).
  if (!step.is_bound()) return;
  if (file) step.filename = *file;
  if (!step.applies_update()) return;
  if (step.filename.empty() && !form.has("Filename")) {
    form.refuse(base_message("PropertyMissing", {form.named("Filename")}));
  }
  if (step.filename.empty()) return;
  const std::optional<IloComponentFacts> component = owner.component(step.filename);
  if (component) {
    step.component = component->uri;
  } else {
    form.refuse(base_message("PropertyValueNotInList", {step.filename, form.named("Filename")}));
  }
}

void read_targets(IloForm& form, const IloQueueOwner& owner, IloStep& step) {
  const std::optional<std::vector<std::string>> targets = form.texts("Targets");
  if (!targets) return;
  if (targets->size() > kMostTargets) form.refuse(owner.ilo_message_of({"TargetsLimitExceeded"}, {}));
  for (const std::string& target : *targets) {
    if (owner.is_firmware_item(target)) continue;
    form.refuse(owner.ilo_message_of({"InvalidTargetsURI", "NonPLDMUpdateableTargetURI"}, {target}));
  }
  step.targets = *targets;
}

}  // namespace

std::vector<std::string> ilo_commands(const IloFeatures& features, bool in_install_set) {
  std::vector<std::string> commands{"ApplyUpdate", "ResetServer", "ResetBmc", "Wait"};
  if (features.pending_reset) commands.emplace_back("PendingReset");
  if (in_install_set && features.boot_to_uefi) commands.emplace_back("BootToUefi");
  if (in_install_set && features.host_poweroff) commands.emplace_back("HostPoweroff");
  return commands;
}

void read_step(IloForm& form, const IloFeatures& features, const std::vector<std::string>& commands,
               const IloQueueOwner& owner, IloStep& step) {
  if (auto command = form.choice("Command", commands)) step.command = std::move(*command);
  read_file(form, owner, step);
  const std::vector<std::string> updaters{std::string(kBmc), std::string(kUefi), std::string(kRuntimeAgent)};
  if (auto by = form.texts("UpdatableBy", updaters)) step.updatable_by = std::move(*by);
  step.timeout_minutes = form.number("ExecutionTimeoutMinutes", 0, kLongestTimeout).value_or(step.timeout_minutes);
  step.wait_seconds = form.number("WaitTimeSeconds", 0, kLongestWait).value_or(step.wait_seconds);
  if (features.targets) read_targets(form, owner, step);
}

json::Object render_step(const IloStep& step) {
  json::Object shown{{"Command", step.command}};
  if (step.applies_update()) {
    shown.set("Component", step.component);
    shown.set("ExecutionTimeoutMinutes", step.timeout_minutes);
    shown.set("Filename", step.filename);
  }
  shown.set("Name", step.name);
  if (!step.targets.empty()) shown.set("Targets", text_array(step.targets));
  if (!step.updatable_by.empty()) shown.set("UpdatableBy", text_array(step.updatable_by));
  if (step.command == "Wait") shown.set("WaitTimeSeconds", step.wait_seconds);
  return shown;
}

IloStep captured_step(const json::Value& item) {
  IloStep step;
  step.name = item.text("Name");
  step.command = item.optional_text("Command").value_or(step.command);
  step.filename = item.text("Filename");
  step.component = item.text("Component");
  for (const json::Value& updater : item["UpdatableBy"].items()) {
    if (updater.is_string()) step.updatable_by.push_back(*updater.as_string());
  }
  step.timeout_minutes = static_cast<int>(item["ExecutionTimeoutMinutes"].as_int().value_or(0));
  step.wait_seconds = static_cast<int>(item["WaitTimeSeconds"].as_int().value_or(0));
  return step;
}

std::vector<std::string> updaters_of(const IloStep& step, const IloQueueOwner& owner) {
  if (!step.updatable_by.empty()) return step.updatable_by;
  if (!step.applies_update()) return {std::string(kBmc)};
  const std::optional<IloComponentFacts> component = owner.component(step.filename);
  return component ? component->updatable_by : std::vector<std::string>{};
}

}  // namespace firmform::simulators

// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "providers/redfish/links.h"
#include "providers/redfish/resource.h"
#include "providers/redfish/task.h"

namespace firmform::redfish {
namespace {

using inventory::Component;
using inventory::Kind;

/// Values of `parameter` beside the action's target, else from its ActionInfo.
std::vector<std::string> allowable(const json::Value& action, const json::Value& info, std::string_view parameter) {
  if (const json::Value* listed = action.find(std::string(parameter) + "@Redfish.AllowableValues"))
    return texts(*listed);
  for (const json::Value& entry : info["Parameters"].items()) {
    if (entry.text("Name") == parameter) return texts(entry["AllowableValues"]);
  }
  return {};
}

bool is_enabled(const json::Value& module) {
  return module["Status"].text("State") == "Enabled";
}

/// What BootProgress says about the inventory; it says nothing while the host is off.
std::optional<bool> boot_is_over(const json::Value& system) {
  constexpr std::array<std::string_view, 4> kOver = {"SystemHardwareInitializationComplete", "SetupEntered",
                                                     "OSBootStarted", "OSRunning"};
  constexpr std::array<std::string_view, 6> kUnderWay = {
      "PrimaryProcessorInitializationStarted",   "BusInitializationStarted", "MemoryInitializationStarted",
      "SecondaryProcessorInitializationStarted", "PCIResourceConfigStarted", "SystemHardwareInitializationStarted"};
  if (system.text("PowerState") != "On") return std::nullopt;
  const std::string_view state = system["BootProgress"].text("LastState");
  if (std::ranges::find(kOver, state) != kOver.end()) return true;
  if (std::ranges::find(kUnderWay, state) != kUnderWay.end()) return false;
  return std::nullopt;
}

std::vector<std::string> apply_times(const json::Value& support) {
  return texts(support["SupportedValues"]);
}

/// A push URI as a path; empty stays empty.
std::string push_path(std::string_view uri) {
  return uri.empty() ? std::string() : path_of(uri);
}

void sort_by_address(std::vector<Component>& components) {
  std::ranges::sort(components, {}, &Component::address);
}

}  // namespace

inventory::SystemFacts system_facts(const json::Value& system, const json::Value& reset_info) {
  const json::Value& reset = system["Actions"]["#ComputerSystem.Reset"];
  inventory::SystemFacts facts;
  facts.uri = uri_of(system);
  facts.manufacturer = system.text("Manufacturer");
  facts.model = system.text("Model");
  facts.serial = trim(system.text("SerialNumber"));
  facts.sku = system.text("SKU");
  facts.uuid = system.text("UUID");
  facts.power_state = system.text("PowerState");
  facts.bios_version = system.text("BiosVersion");
  facts.boot_progress = system["BootProgress"].text("LastState");
  facts.discovery_complete = boot_is_over(system);
  facts.reset_target = reset.text("target");
  facts.reset_types = allowable(reset, reset_info, "ResetType");
  facts.tpm_active = std::ranges::any_of(system["TrustedModules"].items(), is_enabled);
  return facts;
}

inventory::ManagerFacts manager_facts(const json::Value& manager, const json::Value& reset_info) {
  const json::Value& reset = manager["Actions"]["#Manager.Reset"];
  inventory::ManagerFacts facts;
  facts.uri = uri_of(manager);
  facts.model = manager.text("Model");
  facts.firmware_version = manager.text("FirmwareVersion");
  facts.reset_target = reset.text("target");
  facts.reset_types = allowable(reset, reset_info, "ResetType");
  facts.date_time = manager.text("DateTime");
  return facts;
}

inventory::UpdateFacts update_facts(const json::Value& service, const json::Value& simple_update_info) {
  const json::Value& pull = service["Actions"]["#UpdateService.SimpleUpdate"];
  inventory::UpdateFacts facts;
  facts.uri = uri_of(service);
  facts.service_enabled = service["ServiceEnabled"].as_bool().value_or(true);
  facts.simple_update_target = pull.text("target");
  facts.simple_update_protocols = allowable(pull, simple_update_info, "TransferProtocol");
  facts.simple_update_apply_times = apply_times(pull["@Redfish.OperationApplyTimeSupport"]);
  for (const json::Value& parameter : simple_update_info["Parameters"].items()) {
    facts.simple_update_parameters.emplace_back(parameter.text("Name"));
  }
  facts.start_update_target = service["Actions"]["#UpdateService.StartUpdate"].text("target");
  facts.multipart_push_uri = push_path(service.text("MultipartHttpPushUri"));
  facts.multipart_apply_times = apply_times(service["MultipartHttpPushUri@Redfish.OperationApplyTimeSupport"]);
  facts.http_push_uri = push_path(service.text("HttpPushUri"));
  facts.push_targets_busy = service["HttpPushUriTargetsBusy"].as_bool();
  facts.max_image_bytes = service["MaxImageSizeBytes"].as_int();
  facts.firmware_inventory_uri = link(service, "FirmwareInventory");
  facts.software_inventory_uri = link(service, "SoftwareInventory");
  return facts;
}

Component component_facts(const json::Value& item, Kind kind) {
  Component component;
  component.kind = kind;
  component.uri = uri_of(item);
  component.id = item.text("Id");
  component.name = item.text("Name");
  component.version = item.optional_text("Version");
  component.updateable = item["Updateable"].as_bool();
  component.description = item.text("Description");
  component.software_id = item.text("SoftwareId");
  component.manufacturer = item.text("Manufacturer");
  component.release_date = item.text("ReleaseDate");
  component.lowest_supported_version = item.text("LowestSupportedVersion");
  component.version_scheme = item.text("VersionScheme");
  component.state = item["Status"].text("State");
  component.reset_required = item["ResetRequiredOnUpdate"].as_bool();
  for (const json::Value& related : item["RelatedItem"].items()) component.related.push_back(uri_of(related));
  return component;
}

std::vector<Component> components(const Resources& resources, const Dialect& dialect) {
  std::vector<Component> all;
  const auto add = [&](const std::vector<json::Value>& items, Kind kind) {
    for (const json::Value& item : items) {
      all.push_back(component_facts(item, kind));
      if (dialect.describe != nullptr) dialect.describe(all.back(), item);
    }
  };
  add(resources.firmware, Kind::firmware);
  add(resources.software, Kind::software);
  dialect.identify(all, resources);
  sort_by_address(all);
  return all;
}

void note_tasks(inventory::HostSnapshot& host, const std::vector<json::Value>& tasks) {
  std::vector<std::string> waiting;
  for (const json::Value& task : tasks) {
    const TaskView view = view_task(task);
    if (view.phase == TaskPhase::waiting) {
      waiting.push_back(uri_of(task));
      host.warnings.push_back(
          fmt::format("task {} ({}) waits for a restart of the host", uri_of(task), printable(task.text("Name"))));
    }
    const bool endless = view.state == "Service";
    if (view.phase != TaskPhase::active || endless) continue;
    host.tasks.push_back(
        {.uri = uri_of(task), .name = std::string(task.text("Name")), .state = view.state, .percent = view.percent});
  }
  std::ranges::sort(host.tasks, {}, &inventory::RunningTask::uri);
  std::ranges::sort(waiting);
  if (!waiting.empty()) host.vendor_facts[std::string(kWaitingTasks)] = fmt::format("{}", fmt::join(waiting, " "));
}

}  // namespace firmform::redfish

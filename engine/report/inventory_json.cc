// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "engine/base/time_text.h"
#include "engine/report/inventory_report.h"
#include "engine/report/staging_report.h"

namespace firmform::report {
namespace {

using inventory::Component;
using inventory::HostSnapshot;
using json::Array;
using json::Object;
using json::Value;

Value or_null(const std::optional<std::string>& text) {
  return text ? Value(*text) : Value();
}
Value or_null(const std::optional<bool>& flag) {
  return flag ? Value(*flag) : Value();
}
/// Facts that the BMC does not give are empty texts in a snapshot and null for programs.
Value or_null(const std::string& text) {
  return text.empty() ? Value() : Value(text);
}

Array texts(const std::vector<std::string>& items) {
  Array array;
  for (const std::string& item : items) array.push_back(item);
  return array;
}

Value component_json(const Component& component) {
  return Object{{"address", component.address},
                {"uri", component.uri},
                {"id", component.id},
                {"name", component.name},
                {"version", or_null(component.version)},
                {"updateable", or_null(component.updateable)},
                {"kind", to_string(component.kind)},
                {"slot", to_string(component.slot)},
                {"staged_version", or_null(component.staged_version)},
                {"description", or_null(component.description)},
                {"location", or_null(component.location)},
                {"device_class", or_null(component.device_class)},
                {"targets", texts(component.targets)},
                {"software_id", or_null(component.software_id)},
                {"manufacturer", or_null(component.manufacturer)},
                {"release_date", or_null(component.release_date)},
                {"lowest_supported_version", or_null(component.lowest_supported_version)},
                {"version_scheme", or_null(component.version_scheme)},
                {"reset_required", or_null(component.reset_required)},
                {"state", or_null(component.state)},
                {"related", texts(component.related)},
                {"is_bmc", component.is_bmc},
                {"is_bios", component.is_bios}};
}

Array components_json(const HostSnapshot& host) {
  std::vector<const Component*> ordered;
  for (const Component& component : host.components) ordered.push_back(&component);
  std::ranges::sort(ordered, {}, &Component::address);
  Array array;
  for (const Component* component : ordered) array.push_back(component_json(*component));
  return array;
}

Value error_json(const std::optional<Error>& error) {
  if (!error) return {};
  return Object{{"code", firmform::to_string(error->code())},
                {"name", info(error->code()).name},
                {"message", error->message()},
                {"notes", texts(error->notes())},
                {"help", texts(error->help())}};
}

Value system_json(const inventory::SystemFacts& system) {
  return Object{{"manufacturer", or_null(system.manufacturer)},
                {"model", or_null(system.model)},
                {"serial", or_null(system.serial)},
                {"sku", or_null(system.sku)},
                {"uuid", or_null(system.uuid)},
                {"power_state", or_null(system.power_state)},
                {"bios_version", or_null(system.bios_version)},
                {"boot_progress", or_null(system.boot_progress)},
                {"discovery_complete", or_null(system.discovery_complete)}};
}

Value manager_json(const HostSnapshot& host) {
  return Object{{"model", or_null(host.manager.model)},
                {"firmware_version", or_null(host.manager.firmware_version)},
                {"redfish_version", or_null(host.redfish_version)},
                {"date_time", or_null(host.manager.date_time)}};
}

Array tasks_json(const std::vector<inventory::RunningTask>& tasks) {
  Array array;
  for (const inventory::RunningTask& task : tasks) {
    Object object{{"uri", task.uri}, {"name", task.name}, {"state", task.state}};
    object.append("percent", task.percent ? Value(*task.percent) : Value());
    array.push_back(std::move(object));
  }
  return array;
}

Array incidents_json(const std::vector<inventory::Incident>& incidents) {
  Array array;
  for (const inventory::Incident& incident : incidents) {
    array.push_back(Object{{"component", or_null(incident.component)}, {"text", incident.text}});
  }
  return array;
}

Value host_json(const HostSnapshot& host) {
  Object object{
      {"name", host.name}, {"bmc", host.bmc}, {"status", to_string(host.status)}, {"error", error_json(host.error)}};
  if (host.status == inventory::HostStatus::ok) {
    object.append("captured_at", to_rfc3339(host.captured_at));
    object.append("provider", host.provider);
    object.append("vendor", or_null(host.vendor));
    object.append("product", or_null(host.product));
    object.append("system", system_json(host.system));
    object.append("manager", manager_json(host));
    object.append("tasks", tasks_json(host.tasks));
    object.append("staging", host.staging ? staging_json(*host.staging) : Value());
    object.append("incidents", incidents_json(host.incidents));
    object.append("software_note", or_null(host.software_note));
    object.append("fingerprint", inventory::fingerprint(host));
  }
  object.append("components", components_json(host));
  object.append("warnings", texts(host.warnings));
  return object;
}

}  // namespace

Value inventory_json(const inventory::Inventory& inventory) {
  Array hosts;
  for (const auto& [name, host] : inventory) hosts.push_back(host_json(host));
  return Object{{"format_version", "1.0"}, {"hosts", std::move(hosts)}};
}

}  // namespace firmform::report

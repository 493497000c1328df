// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/read.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "providers/redfish/facts.h"
#include "providers/redfish/links.h"
#include "providers/redfish/resource.h"

namespace firmform::redfish {
namespace {

using namespace boost::asio::experimental::awaitable_operators;
using Warnings = std::vector<std::string>;

void append(Warnings& warnings, Warnings& more) {
  std::ranges::move(more, std::back_inserter(warnings));
}

/// One branch of the tree, with what could not be read of it.
struct UpdatePart {
  json::Value service;
  json::Value simple_update_info;
  std::vector<json::Value> firmware;
  std::vector<json::Value> software;
  Warnings warnings;
};

struct SystemPart {
  json::Value resource;
  json::Value reset_info;
  Warnings warnings;
};

struct Listing {
  std::vector<json::Value> members;
  Warnings warnings;
};

struct Resource {
  json::Value value;
  Warnings warnings;
};

/// Codes FF04xx: the BMC cannot be talked to at all.
bool is_network_failure(Code code) {
  return static_cast<unsigned>(code) / 100 == 4;
}

/// What a plan cannot do without: only its absence is tolerated.
Status tolerate_absence(const Error& error, std::string_view what, Warnings& warnings) {
  if (error.code() != Code::resource_missing) return fail(error.with_context(fmt::format("while reading {}", what)));
  warnings.push_back(fmt::format("{} is missing: {}", what, error.message()));
  return {};
}

using Tolerance = Status (*)(const Error&, std::string_view, Warnings&);

Task<Result<Listing>> read_collection(Client& client, std::string uri, std::string what, Tolerance tolerance) {
  Listing collection;
  if (uri.empty()) co_return collection;
  auto members = co_await client.members(uri, collection.warnings);
  if (members) {
    collection.members = std::move(*members);
    co_return collection;
  }
  const Status tolerated = tolerance(members.error(), what, collection.warnings);
  if (!tolerated) co_return fail(tolerated.error());
  co_return collection;
}

/// The ActionInfo of an action that does not list the values of `parameter` itself.
Task<Result<Resource>> read_action_info(Client& client, json::Value action, std::string parameter) {
  Resource info;
  const std::string uri(action.text("@Redfish.ActionInfo"));
  if (uri.empty() || action.find(parameter + "@Redfish.AllowableValues") != nullptr) co_return info;
  auto read = co_await client.get(uri);
  if (read) {
    info.value = std::move(*read);
    co_return info;
  }
  const Status tolerated = tolerate(read.error(), uri, info.warnings);
  if (!tolerated) co_return fail(tolerated.error());
  co_return info;
}

Task<Result<UpdatePart>> read_update(Client& client, std::string uri) {
  UpdatePart part;
  if (uri.empty()) {
    part.warnings.emplace_back("the service has no UpdateService");
    co_return part;
  }
  auto service = co_await client.get(uri);
  if (!service) {
    const Status tolerated = tolerate_absence(service.error(), "the UpdateService", part.warnings);
    if (!tolerated) co_return fail(tolerated.error());
    co_return part;
  }
  part.service = std::move(*service);
  auto [firmware, software, info] = co_await (
      read_collection(client, link(part.service, "FirmwareInventory"), "FirmwareInventory", tolerate_absence) &&
      read_collection(client, link(part.service, "SoftwareInventory"), "SoftwareInventory", tolerate) &&
      read_action_info(client, part.service["Actions"]["#UpdateService.SimpleUpdate"], "TransferProtocol"));
  if (!firmware) co_return fail(firmware.error());
  if (!software) co_return fail(software.error());
  if (!info) co_return fail(info.error());
  part.firmware = std::move(firmware->members);
  part.software = std::move(software->members);
  part.simple_update_info = std::move(info->value);
  for (Warnings* more : {&firmware->warnings, &software->warnings, &info->warnings}) append(part.warnings, *more);
  co_return part;
}

/// The first by URI, so that the choice never depends on the order of a collection; null when none fits.
json::Value first_by_uri(const std::vector<json::Value>& resources, bool (*fits)(const json::Value&)) {
  const json::Value* first = nullptr;
  for (const json::Value& resource : resources) {
    if (!fits(resource)) continue;
    if (first == nullptr || uri_of(resource) < uri_of(*first)) first = &resource;
  }
  return first == nullptr ? json::Value() : *first;
}

/// The system that the BMC manages: a physical one where there are several.
json::Value choose_system(const std::vector<json::Value>& systems) {
  const auto is_physical = [](const json::Value& system) {
    const std::string_view type = system.text("SystemType");
    return (type.empty() || type == "Physical") && !system["Links"]["ManagedBy"].items().empty();
  };
  json::Value physical = first_by_uri(systems, is_physical);
  return physical.is_null() ? first_by_uri(systems, [](const json::Value&) { return true; }) : physical;
}

/// The manager of `system`, or the one that provides the service.
json::Value choose_manager(const std::vector<json::Value>& managers, const json::Value& system,
                           const json::Value& root) {
  std::vector<std::string> wanted;
  for (const json::Value& manager : system["Links"]["ManagedBy"].items()) wanted.push_back(uri_of(manager));
  wanted.push_back(link(root["Links"], "ManagerProvidingService"));
  for (const std::string& uri : wanted) {
    const auto is_wanted = [&](const json::Value& manager) { return same_link(uri_of(manager), uri); };
    const auto found = std::ranges::find_if(managers, is_wanted);
    if (found != managers.end()) return *found;
  }
  return first_by_uri(managers, [](const json::Value&) { return true; });
}

Task<Result<SystemPart>> with_reset_info(Client& client, json::Value resource, std::string action, Warnings warnings) {
  SystemPart part{.resource = std::move(resource), .reset_info = {}, .warnings = std::move(warnings)};
  auto info = co_await read_action_info(client, part.resource["Actions"][action], "ResetType");
  if (!info) co_return fail(info.error());
  part.reset_info = std::move(info->value);
  append(part.warnings, info->warnings);
  co_return part;
}

struct Machine {
  SystemPart system;
  SystemPart manager;
};

Task<Result<Machine>> read_machine(Client& client, json::Value root) {
  auto [systems, managers] = co_await (read_collection(client, link(root, "Systems"), "Systems", tolerate_absence) &&
                                       read_collection(client, link(root, "Managers"), "Managers", tolerate_absence));
  if (!systems) co_return fail(systems.error());
  if (!managers) co_return fail(managers.error());
  const json::Value system = choose_system(systems->members);
  if (system.is_null()) systems->warnings.emplace_back("the service shows no computer system");
  if (systems->members.size() > 1) {
    systems->warnings.push_back(fmt::format("the service shows {} systems; {} is the one that is meant",
                                            systems->members.size(), uri_of(system)));
  }
  const json::Value manager = choose_manager(managers->members, system, root);
  if (manager.is_null()) managers->warnings.emplace_back("the service shows no manager");

  Machine machine;
  auto with_system = co_await with_reset_info(client, system, "#ComputerSystem.Reset", std::move(systems->warnings));
  if (!with_system) co_return fail(with_system.error());
  machine.system = std::move(*with_system);
  auto with_manager = co_await with_reset_info(client, manager, "#Manager.Reset", std::move(managers->warnings));
  if (!with_manager) co_return fail(with_manager.error());
  machine.manager = std::move(*with_manager);
  co_return machine;
}

Task<Result<Listing>> read_tasks(Client& client, std::string service_uri) {
  Listing tasks;
  if (service_uri.empty()) co_return tasks;
  const auto service = co_await client.get(service_uri);
  if (!service) {
    const Status tolerated = tolerate(service.error(), "the TaskService", tasks.warnings);
    if (!tolerated) co_return fail(tolerated.error());
    co_return tasks;
  }
  Warnings vanished;  // tasks come and go: one that was listed and is gone by now is no loss
  auto members = co_await client.members(link(*service, "Tasks"), vanished);
  if (members) {
    tasks.members = std::move(*members);
    co_return tasks;
  }
  const Status tolerated = tolerate(members.error(), "Tasks", tasks.warnings);
  if (!tolerated) co_return fail(tolerated.error());
  co_return tasks;
}

void take(Resources& resources, Machine machine) {
  resources.system = std::move(machine.system.resource);
  resources.system_reset_info = std::move(machine.system.reset_info);
  resources.manager = std::move(machine.manager.resource);
  resources.manager_reset_info = std::move(machine.manager.reset_info);
  append(resources.warnings, machine.system.warnings);
  append(resources.warnings, machine.manager.warnings);
}

void take(Resources& resources, UpdatePart part) {
  resources.update_service = std::move(part.service);
  resources.simple_update_info = std::move(part.simple_update_info);
  resources.firmware = std::move(part.firmware);
  resources.software = std::move(part.software);
  append(resources.warnings, part.warnings);
}

}  // namespace

Status tolerate(const Error& error, std::string_view what, std::vector<std::string>& warnings) {
  if (is_network_failure(error.code()) || error.code() == Code::session_expired) {
    return fail(error.with_context(fmt::format("while reading {}", what)));
  }
  warnings.push_back(fmt::format("{} could not be read: {}", what, error.message()));
  return {};
}

Task<Result<Resources>> fetch(Client& client) {
  Resources resources{.root = client.root()};
  auto [update, machine, tasks] =
      co_await (read_update(client, link(resources.root, "UpdateService")) && read_machine(client, resources.root) &&
                read_tasks(client, link(resources.root, "Tasks")));
  if (!update) co_return fail(update.error());
  if (!machine) co_return fail(machine.error());
  if (!tasks) co_return fail(tasks.error());
  take(resources, std::move(*update));
  take(resources, std::move(*machine));
  resources.tasks = std::move(tasks->members);
  append(resources.warnings, tasks->warnings);
  co_return resources;
}

Task<Result<Resources>> fetch_system(Client& client) {
  Resources resources{.root = client.root()};
  auto machine = co_await read_machine(client, resources.root);
  if (!machine) co_return fail(machine.error());
  take(resources, std::move(*machine));
  co_return resources;
}

Task<Result<std::vector<json::Value>>> fetch_tasks(Client& client) {
  auto tasks = co_await read_tasks(client, link(client.root(), "Tasks"));
  if (!tasks) co_return fail(tasks.error());
  co_return std::move(tasks->members);
}

inventory::HostSnapshot assemble(const Resources& resources, const Dialect& dialect) {
  inventory::HostSnapshot host;
  host.provider = dialect.quirks.name;
  host.product = resources.root.text("Product");
  host.redfish_version = resources.root.text("RedfishVersion");
  host.service_uuid = resources.root.text("UUID");
  host.system = system_facts(resources.system, resources.system_reset_info);
  host.manager = manager_facts(resources.manager, resources.manager_reset_info);
  host.update = update_facts(resources.update_service, resources.simple_update_info);
  host.vendor = resources.root.text("Vendor");
  if (host.vendor.empty()) host.vendor = dialect.quirks.vendor;
  if (host.vendor.empty()) host.vendor = host.system.manufacturer;
  host.components = components(resources, dialect);
  host.warnings = resources.warnings;
  note_tasks(host, resources.tasks);
  if (dialect.enrich != nullptr) dialect.enrich(host, resources);
  return host;
}

}  // namespace firmform::redfish

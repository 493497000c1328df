// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/health.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/text.h"
#include "providers/redfish/resource.h"

namespace firmform::redfish {
namespace {

using inventory::Health;
using Sensors = std::map<std::string, std::string>;

/// The chassis of a server and, in some, the enclosure of its drives.
constexpr std::size_t kMostChassis = 2;
/// Members that are read one by one where a service does not expand.
constexpr std::size_t kMostMembers = 24;

int rank(std::string_view health) {
  if (health == "Critical") return 3;
  if (health == "Warning") return 2;
  return health.empty() ? 0 : 1;
}

/// Health of a resource with what belongs to it.
std::string health_with_parts(const json::Value& resource) {
  const json::Value& status = resource["Status"];
  return worse_health(std::string(status.text("Health")), std::string(status.text("HealthRollup")));
}

/// An empty bay and a fan that is switched off are not ill.
bool is_there(const json::Value& sensor) {
  constexpr std::array<std::string_view, 3> kNot = {"Absent", "Disabled", "UnavailableOffline"};
  return std::ranges::find(kNot, sensor["Status"].text("State")) == kNot.end();
}

std::string name_of(const json::Value& sensor) {
  for (const std::string_view key : {"Name", "FanName", "MemberId", "Id"}) {
    if (!trim(sensor.text(key)).empty()) return printable(trim(sensor.text(key)));
  }
  return "a sensor without a name";
}

void note(const json::Value& sensor, std::string name, const std::string& health, Sensors& sensors) {
  if (rank(health) < 2 || !is_there(sensor)) return;
  std::string& kept = sensors[std::move(name)];
  kept = worse_health(kept, health);
}

/// Power supplies of one server may all have the same name: their numbers tell them apart.
void note_all(const json::Value& array, Sensors& sensors) {
  for (const json::Value& sensor : array.items()) {
    std::string name = name_of(sensor);
    const auto has_that_name = [&](const json::Value& other) { return name_of(other) == name; };
    const bool shared = std::ranges::count_if(array.items(), has_that_name) > 1;
    if (shared && !sensor.text("MemberId").empty()) name += fmt::format(" {}", printable(sensor.text("MemberId")));
    note(sensor, std::move(name), health_with_parts(sensor), sensors);
  }
}

/// A resource that need not be there; null when it is not.
Task<Result<json::Value>> read_if_there(Client& client, std::string uri) {
  if (uri.empty()) co_return json::Value();
  auto read = co_await client.get(uri);
  if (read) co_return read;
  if (read.error().code() == Code::resource_missing) co_return json::Value();
  co_return fail(read.error().with_context("while reading the host's health"));
}

bool expands(const Client& client) {
  const json::Value& expand = client.root()["ProtocolFeaturesSupported"]["ExpandQuery"];
  return expand["NoLinks"].as_bool().value_or(false) || expand["ExpandAll"].as_bool().value_or(false);
}

Task<Status> note_members(Client& client, std::string uri, Sensors& sensors) {
  if (uri.empty()) co_return Status();
  if (!expands(client)) {
    const auto collection = co_await read_if_there(client, uri);
    if (!collection) co_return fail(collection.error());
    if ((*collection)["Members"].items().size() > kMostMembers) co_return Status();
  }
  std::vector<std::string> vanished;
  const auto members = co_await client.members(uri, vanished);
  if (!members) co_return fail(members.error().with_context("while reading the host's health"));
  for (const json::Value& member : *members) note_sensors(member, sensors);
  co_return Status();
}

/// A subsystem says for all of its parts that they are well; only else they are looked at.
Task<Status> note_subsystem(Client& client, std::string uri, std::string parts, Sensors& sensors) {
  const auto subsystem = co_await read_if_there(client, uri);
  if (!subsystem) co_return fail(subsystem.error());
  if ((*subsystem)["Status"].text("HealthRollup") == "OK") co_return Status();
  co_return co_await note_members(client, link(*subsystem, parts), sensors);
}

/// The older resources hold all parts in one answer, so they are preferred.
Task<Status> note_part(Client& client, json::Value chassis, std::string older, std::string newer, std::string parts,
                       Sensors& sensors) {
  const auto whole = co_await read_if_there(client, link(chassis, older));
  if (!whole) co_return fail(whole.error());
  note_sensors(*whole, sensors);
  if (!whole->is_null()) co_return Status();
  co_return co_await note_subsystem(client, link(chassis, newer), std::move(parts), sensors);
}

Task<Status> note_chassis(Client& client, std::string uri, Sensors& sensors) {
  const auto chassis = co_await read_if_there(client, uri);
  if (!chassis) co_return fail(chassis.error());
  const Status cooling = co_await note_part(client, *chassis, "Thermal", "ThermalSubsystem", "Fans", sensors);
  if (!cooling) co_return cooling;
  const Status power = co_await note_part(client, *chassis, "Power", "PowerSubsystem", "PowerSupplies", sensors);
  if (!power) co_return power;
  // One request where the service expands, dozens where it does not.
  if (!expands(client)) co_return Status();
  co_return co_await note_members(client, link(*chassis, "Sensors"), sensors);
}

}  // namespace

std::string worse_health(std::string a, std::string b) {
  return rank(b) > rank(a) ? b : a;
}

void note_sensors(const json::Value& resource, Sensors& sensors) {
  bool is_list = false;
  for (const std::string_view key : {"Fans", "Temperatures", "PowerSupplies", "Voltages", "Redundancy"}) {
    if (!resource[key].is_array()) continue;
    is_list = true;
    note_all(resource[key], sensors);
  }
  if (!is_list && !resource.is_null()) note(resource, name_of(resource), health_with_parts(resource), sensors);
}

Health health_of(const Resources& resources, const Dialect& dialect) {
  Health health;
  health.system = health_with_parts(resources.system);
  health.bmc = health_with_parts(resources.manager);
  health.post = assemble(resources, dialect).system.boot_progress;
  for (const auto& [key, name] : {std::pair("ProcessorSummary", "processors"), std::pair("MemorySummary", "memory")}) {
    note(resources.system[key], name, health_with_parts(resources.system[key]), health.sensors);
  }
  if (dialect.describe_health != nullptr) dialect.describe_health(health, resources);
  return health;
}

Task<Result<Health>> read_health(Client& client, const Dialect& dialect) {
  const auto resources = co_await fetch_system(client);
  if (!resources) co_return fail(resources.error());
  if (resources->system.is_null()) co_return fail(Code::resource_missing, "the service shows no computer system");
  Health health = health_of(*resources, dialect);
  std::vector<std::string> chassis;
  for (const json::Value& reference : resources->system["Links"]["Chassis"].items()) {
    if (chassis.size() < kMostChassis) chassis.push_back(uri_of(reference));
  }
  for (const std::string& uri : chassis) {
    const Status noted = co_await note_chassis(client, uri, health.sensors);
    if (!noted) co_return fail(noted.error());
  }
  co_return health;
}

int count_warnings(std::span<const LogEntry> entries) {
  constexpr std::array<std::string_view, 3> kBad = {"warning", "caution", "critical"};
  const auto counts = [&](const LogEntry& entry) {
    return entry.at && std::ranges::find(kBad, to_lower(entry.severity)) != kBad.end();
  };
  return static_cast<int>(std::ranges::count_if(entries, counts));
}

}  // namespace firmform::redfish

// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "engine/base/text.h"
#include "providers/redfish/links.h"
#include "providers/redfish/read.h"
#include "providers/redfish/resource.h"

namespace firmform::redfish {
namespace {

using inventory::Setting;
using inventory::Settings;

template <std::size_t N>
bool matches(const std::array<std::string_view, N>& globs, std::string_view name) {
  return std::ranges::any_of(globs, [&](std::string_view glob) { return glob_match(glob, name); });
}

/// Names that are compared in lower case. What might be a secret is not read into any plan or journal.
bool is_secret(std::string_view name) {
  constexpr std::array<std::string_view, 9> kSecrets = {
      "*passw*", "*passphrase*", "*pwd*", "*pw", "*secret*", "*communit*", "*key*", "*credential*", "*token*"};
  return matches(kSecrets, to_lower(name));
}

/// What changes by itself, or says of a setting whether it is in use already.
bool is_volatile(std::string_view name) {
  constexpr std::array<std::string_view, 9> kVolatile = {
      "*LinkStatus*",          "Status",     "*ETag*",  "*DateTime*", "*Timestamp*", "*Uptime*",
      "ConfigurationSettings", "Conditions", "EngineId"};
  return matches(kVolatile, name);
}

/// BIOS attributes that show versions, links or the clock, or that the next boot uses up: a flash changes them rightly.
bool is_reading(std::string_view attribute) {
  constexpr std::array<std::string_view, 11> kReadings = {"*Version*",  "*Microcode*", "*FirmwareBundle", "TpmFirmware",
                                                          "*_MBA",      "*_EFI",       "*LinkStatus*",    "SystemTime",
                                                          "SystemDate", "OneTime*",    "*_BlinkLEDs"};
  return matches(kReadings, attribute);
}

/// BIOS attributes that describe the machine: one that changed says something, and none can be written.
bool is_fact(std::string_view attribute) {
  constexpr std::array<std::string_view, 19> kFacts = {"SysMem*",
                                                       "Proc?Brand",
                                                       "Proc?Id",
                                                       "Proc?L?Cache",
                                                       "Proc?NumCores",
                                                       "Proc?MaxMemory*",
                                                       "ProcCoreSpeed",
                                                       "ProcBusSpeed",
                                                       "SystemServiceTag",
                                                       "SystemModelName",
                                                       "SystemManufacturer",
                                                       "SysMfrContactInfo",
                                                       "*MACAddress",
                                                       "*_CurrentVD*",
                                                       "*SecureBootStatus",
                                                       "*_DeviceStatus",
                                                       "TpmState",
                                                       "SerialNumber",
                                                       "ServerConfigLockStatus"};
  return matches(kFacts, attribute);
}

/// One step of a JSON pointer (RFC 6901).
std::string escaped(std::string_view step) {
  std::string text;
  for (const char c : step) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

std::string unescaped(std::string_view step) {
  std::string text;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const bool code = step[i] == '~' && i + 1 < step.size();
    text += code ? (step[++i] == '1' ? '/' : '~') : step[i];
  }
  return text;
}

/// The path of a resource, spelt the same before and after a flash: old and new firmware differ in the final slash.
std::string place_of(std::string_view uri) {
  std::string path = path_of(uri);
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

/// Where the settings of one resource go.
struct Place {
  std::string category;
  std::string uri;
  bool writable = true;
};

void add(const Place& place, const std::string& pointer, const json::Value& value, Settings& settings) {
  settings.push_back({.category = place.category,
                      .uri = place.uri,
                      .name = pointer,
                      .value = json::dump_canonical(value),
                      .writable = place.writable});
}

bool is_kept(std::string_view name) {
  return name.find('@') == std::string_view::npos && !is_secret(name) && !is_volatile(name);
}

/// A member that is a list of objects may hold what its own name does not tell.
bool holds_secret(const json::Value& value) {
  const auto bad = [](const json::Member& member) { return is_secret(member.key) || holds_secret(member.value); };
  return std::ranges::any_of(value.members(), bad) || std::ranges::any_of(value.items(), holds_secret);
}

/// All settings in `value`, each under its own pointer; a list is one setting.
void add_all(const Place& place, const std::string& pointer, const json::Value& value, Settings& settings) {
  if (!value.is_object()) {
    if (!holds_secret(value)) add(place, pointer, value, settings);
    return;
  }
  for (const json::Member& member : value.members()) {
    const bool leads_elsewhere = member.value.find("@odata.id") != nullptr || member.value.find("target") != nullptr;
    const bool has_links = std::ranges::any_of(
        member.value.items(), [](const json::Value& item) { return item.find("@odata.id") != nullptr; });
    if (!is_kept(member.key) || leads_elsewhere || has_links) continue;
    add_all(place, pointer + "/" + escaped(member.key), member.value, settings);
  }
}

/// Addresses that somebody has set; leases come and go.
json::Value set_addresses(const json::Value& addresses) {
  json::Array set;
  for (const json::Value& address : addresses.items()) {
    if (address.text("AddressOrigin") == "Static") set.push_back(address);
  }
  return set;
}

/// The setting's value at its pointer in the body of a PATCH.
void set_at(json::Value& body, std::string_view pointer, json::Value value) {
  json::Value* place = &body;
  for (const std::string& step : split(pointer.substr(1), '/')) place = &place->object()[unescaped(step)];
  *place = std::move(value);
}

bool can_be_put_back(const inventory::SettingChange& change) {
  if (change.before.value.empty() || !change.before.writable) return false;
  return change.before.category != "bios" || !change.after.value.empty();
}

plan::PlannedRequest patch(const Setting& setting, const Quirks& quirks) {
  plan::PlannedRequest request;
  request.method = http::Method::patch;
  request.target = setting.uri;
  if (setting.category == "bios" && !quirks.settings_apply_time.empty()) {
    request.body =
        json::Object{{"@Redfish.SettingsApplyTime", json::Object{{"@odata.type", "#Settings.v1_3_0.PreferredApplyTime"},
                                                                 {"ApplyTime", quirks.settings_apply_time}}}};
  }
  return request;
}

/// A resource that need not be there; null when it is not.
Task<Result<json::Value>> read_if_there(Client& client, std::string uri) {
  if (uri.empty()) co_return json::Value();
  auto read = co_await client.get(uri);
  if (read) co_return read;
  if (read.error().code() == Code::resource_missing) co_return json::Value();
  co_return fail(read.error().with_context("while reading the host's settings"));
}

Task<Status> read_interfaces(Client& client, std::string uri, Settings& settings) {
  if (uri.empty()) co_return Status();
  std::vector<std::string> warnings;
  const auto interfaces = co_await client.members(uri, warnings);
  if (!interfaces) co_return fail(interfaces.error().with_context("while reading the host's settings"));
  for (const json::Value& interface : *interfaces) add_interface(interface, settings);
  co_return Status();
}

}  // namespace

void add_bios(const json::Value& bios, Settings& settings) {
  const std::string target = link(bios["@Redfish.Settings"], "SettingsObject");
  for (const json::Member& member : bios["Attributes"].members()) {
    const bool left_out = member.value.is_null() || !is_kept(member.key) || is_reading(member.key);
    if (left_out) continue;
    const Place place{.category = "bios",
                      .uri = place_of(target.empty() ? uri_of(bios) : target),
                      .writable = !target.empty() && !is_fact(member.key)};
    add(place, "/Attributes/" + escaped(member.key), member.value, settings);
  }
}

void add_boot(const json::Value& system, const Quirks& quirks, Settings& settings) {
  constexpr std::array<std::string_view, 6> kLasting = {"BootOrderPropertySelection",  "StopBootOnFault",
                                                        "AutomaticRetryConfig",        "AutomaticRetryAttempts",
                                                        "TrustedModuleRequiredToBoot", "HttpBootUri"};
  constexpr std::array<std::string_view, 4> kOverride = {"BootSourceOverrideEnabled", "BootSourceOverrideMode",
                                                         "BootSourceOverrideTarget", "UefiTargetBootSourceOverride"};
  const json::Value& boot = system["Boot"];
  Place place{.category = "boot", .uri = place_of(uri_of(system)), .writable = true};
  const auto take = [&](std::string_view key) {
    const json::Value* value = boot.find(key);
    if (value != nullptr) add(place, fmt::format("/Boot/{}", key), *value, settings);
  };
  for (const std::string_view key : kLasting) take(key);
  // An override for one boot is used up by the restart of an update.
  const bool is_lasting = boot.text("BootSourceOverrideEnabled") == "Continuous";
  if (is_lasting) std::ranges::for_each(kOverride, take);
  const std::string target = link(system["@Redfish.Settings"], "SettingsObject");
  if (!target.empty()) place.uri = place_of(target);
  place.writable = quirks.boot_order_is_writable;
  take("BootOrder");
}

void add_services(const json::Value& protocol, Settings& settings) {
  constexpr std::array<std::string_view, 6> kOthers = {"Id", "Name", "Description", "Actions", "Links", "Oem"};
  Place place{.category = "bmc", .uri = place_of(uri_of(protocol)), .writable = true};
  Place names{.category = "network", .uri = place.uri, .writable = false};
  for (const json::Member& member : protocol.members()) {
    if (std::ranges::find(kOthers, member.key) != kOthers.end() || !is_kept(member.key)) continue;
    const bool is_name = member.key == "HostName" || member.key == "FQDN";
    if (is_name || member.value.is_object()) {
      add_all(is_name ? names : place, "/" + escaped(member.key), member.value, settings);
    }
  }
  // What of the vendor's own may be written, only the vendor says.
  place.writable = false;
  for (const json::Member& vendor : protocol["Oem"].members()) {
    for (const json::Member& member : vendor.value.members()) {
      constexpr std::array<std::string_view, 2> kNone = {"Actions", "Links"};
      const bool leads_elsewhere = member.value.find("@odata.id") != nullptr;
      if (std::ranges::find(kNone, member.key) != kNone.end() || !is_kept(member.key) || leads_elsewhere) continue;
      add_all(place, fmt::format("/Oem/{}/{}", escaped(vendor.key), escaped(member.key)), member.value, settings);
    }
  }
}

void add_interface(const json::Value& interface, Settings& settings) {
  constexpr std::array<std::string_view, 12> kSet = {"InterfaceEnabled",
                                                     "HostName",
                                                     "MTUSize",
                                                     "AutoNeg",
                                                     "DHCPv4",
                                                     "DHCPv6",
                                                     "StatelessAddressAutoConfig",
                                                     "VLAN",
                                                     "StaticNameServers",
                                                     "IPv4StaticAddresses",
                                                     "IPv6StaticAddresses",
                                                     "IPv6StaticDefaultGateways"};
  Place place{.category = "network", .uri = place_of(uri_of(interface)), .writable = true};
  const auto take = [&](std::string_view key) {
    const json::Value* value = interface.find(key);
    if (value != nullptr) add_all(place, fmt::format("/{}", key), *value, settings);
  };
  for (const std::string_view key : kSet) take(key);
  // A speed that was negotiated is a reading.
  if (interface["AutoNeg"].as_bool() == false) {
    for (const std::string_view key : {"SpeedMbps", "FullDuplex"}) take(key);
  }
  place.writable = false;
  for (const std::string_view key : {"MACAddress", "FQDN"}) take(key);
  // Older services are told addresses where they show them; newer ones show there what came of it.
  if (interface.find("IPv4StaticAddresses") != nullptr) return;
  place.writable = true;
  const json::Value addresses = set_addresses(interface["IPv4Addresses"]);
  if (!addresses.items().empty()) add(place, "/IPv4Addresses", addresses, settings);
}

std::vector<plan::PlannedRequest> put_back(const Settings& wanted, const Settings& present, const Quirks& quirks) {
  std::vector<plan::PlannedRequest> requests;
  std::string category;
  for (const inventory::SettingChange& change : inventory::compare(wanted, present)) {
    if (!can_be_put_back(change)) continue;
    const bool same_place =
        !requests.empty() && category == change.before.category && requests.back().target == change.before.uri;
    if (!same_place) requests.push_back(patch(change.before, quirks));
    category = change.before.category;
    const auto value = json::parse(change.before.value);
    if (value) set_at(requests.back().body, change.before.name, *value);
  }
  return requests;
}

Task<Result<Settings>> read_settings(Client& client, const Quirks& quirks, std::vector<std::string> categories) {
  const auto wants = [&](std::string_view category) {
    return std::ranges::find(categories, category) != categories.end();
  };
  Settings settings;
  const auto machine = co_await fetch_system(client);
  if (!machine) co_return fail(machine.error());
  if (wants("bios")) {
    const auto bios = co_await read_if_there(client, link(machine->system, "Bios"));
    if (!bios) co_return fail(bios.error());
    add_bios(*bios, settings);
  }
  if (wants("boot")) add_boot(machine->system, quirks, settings);
  if (wants("bmc") || wants("network")) {
    const auto protocol = co_await read_if_there(client, link(machine->manager, "NetworkProtocol"));
    if (!protocol) co_return fail(protocol.error());
    add_services(*protocol, settings);
  }
  if (wants("network")) {
    const Status read = co_await read_interfaces(client, link(machine->manager, "EthernetInterfaces"), settings);
    if (!read) co_return fail(read.error());
  }
  // One resource holds settings of two categories.
  std::erase_if(settings, [&](const Setting& setting) { return !wants(setting.category); });
  const auto order = [](const Setting& setting) { return std::tie(setting.category, setting.uri, setting.name); };
  std::ranges::sort(settings, {}, order);
  co_return settings;
}

}  // namespace firmform::redfish

// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/host_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"

namespace firmform::simulators {
namespace {

using Kind = Writable::Kind;

std::string link(const json::Value& body, std::string_view key) {
  return std::string(without_slash(body[key].text("@odata.id")));
}

/// The URI under which the tree holds what is linked; empty when it does not.
std::string held(const CapturedTree& tree, const std::string& uri) {
  const CapturedResource* found = uri.empty() ? nullptr : tree.find(uri);
  return found == nullptr ? std::string() : found->uri;
}

Kind kind_of(const json::Value& value) {
  if (value.is_bool()) return Kind::boolean;
  if (value.is_number()) return Kind::number;
  return value.is_array() ? Kind::uri_list : Kind::text;
}

bool same(std::string_view a, std::string_view b) {
  return !a.empty() && equals_ignoring_case(a, b);
}

/// Members of `document` at "A" or "A/B" whose last step is one of `names`.
void add_members(const json::Value& document, const std::vector<std::string>& paths, std::vector<Writable>& known) {
  for (const std::string& path : paths) {
    const json::Value& value = at_path(document, path);
    if (!value.is_null()) known.push_back({path, kind_of(value), {}});
  }
}

std::vector<Writable> writable_services(const json::Value& document) {
  std::vector<Writable> known;
  for (const json::Member& member : document.members()) {
    if (!member.value.is_object() || member.key == "Oem" || member.key == "Status") continue;
    for (const json::Member& inner : member.value.members()) {
      const bool holds_more = inner.value.is_object() || inner.key.find('@') != std::string::npos;
      if (!holds_more) known.push_back({member.key + "/" + inner.key, kind_of(inner.value), {}});
    }
  }
  return known;
}

std::vector<Writable> writable_interface(const json::Value& document) {
  std::vector<Writable> known;
  add_members(document,
              {"InterfaceEnabled", "AutoNeg", "HostName", "MTUSize", "DHCPv4/DHCPEnabled", "DHCPv4/UseDNSServers",
               "DHCPv4/UseNTPServers", "DHCPv6/OperatingMode", "DHCPv6/UseDNSServers", "VLAN/VLANEnable", "VLAN/VLANId",
               "StaticNameServers", "IPv4StaticAddresses"},
              known);
  return known;
}

std::vector<Writable> writable_boot(const json::Value& document, bool with_order) {
  std::vector<Writable> known;
  const json::Value& boot = document["Boot"];
  for (const std::string_view key : {"BootSourceOverrideEnabled", "BootSourceOverrideMode", "BootSourceOverrideTarget",
                                     "UefiTargetBootSourceOverride", "StopBootOnFault", "AutomaticRetryConfig"}) {
    if (boot.find(key) != nullptr) known.push_back({fmt::format("Boot/{}", key), Kind::text, {}});
  }
  const bool has_order = with_order && boot.find("BootOrder") != nullptr;
  if (has_order) known.push_back({"Boot/BootOrder", Kind::uri_list, {}});
  return known;
}

}  // namespace

SettingPlaces setting_places(const CapturedTree& tree) {
  SettingPlaces places;
  const CapturedResource* system = tree.find(tree.system());
  const CapturedResource* manager = tree.find(tree.manager());
  if (system == nullptr || manager == nullptr) return places;
  places.system = system->uri;
  places.bios = held(tree, link(system->body, "Bios"));
  if (!places.bios.empty()) {
    places.bios_settings = held(tree, link(tree.find(places.bios)->body["@Redfish.Settings"], "SettingsObject"));
  }
  places.boot_settings = held(tree, link(system->body["@Redfish.Settings"], "SettingsObject"));
  places.services = held(tree, link(manager->body, "NetworkProtocol"));
  const CapturedResource* interfaces = tree.find(link(manager->body, "EthernetInterfaces"));
  if (interfaces != nullptr) {
    for (const json::Value& member : interfaces->body["Members"].items()) {
      places.interfaces.push_back(held(tree, std::string(without_slash(member.text("@odata.id")))));
    }
  }
  for (const json::Value& chassis : system->body["Links"]["Chassis"].items()) {
    const CapturedResource* found = tree.find(without_slash(chassis.text("@odata.id")));
    if (found == nullptr) continue;
    for (const std::string_view part : {"Thermal", "Power"}) {
      const std::string uri = held(tree, link(found->body, part));
      if (!uri.empty()) places.sensors.push_back(uri);
    }
  }
  return places;
}

std::vector<Writable> writable_settings(const SettingPlaces& places, std::string_view uri, const json::Value& document,
                                        const json::Value& attributes, bool boot_order_is_fixed) {
  std::vector<Writable> known;
  if (same(places.bios_settings, uri)) {
    for (const json::Member& member : attributes.members()) {
      known.push_back({"Attributes/" + member.key, kind_of(member.value), {}});
    }
    return known;
  }
  if (same(places.services, uri)) return writable_services(document);
  if (same(places.boot_settings, uri)) return {{"Boot/BootOrder", Kind::uri_list, {}}};
  if (same(places.system, uri)) return writable_boot(document, places.boot_settings.empty() && !boot_order_is_fixed);
  if (std::ranges::find(places.interfaces, uri) != places.interfaces.end()) return writable_interface(document);
  return known;
}

SettingValues factory_bios(const json::Value& document) {
  constexpr std::size_t kTurned = 4;
  SettingValues values;
  for (const json::Member& member : document["Attributes"].members()) {
    const std::string* text = member.value.as_string();
    if (text == nullptr || values.size() == kTurned) continue;
    if (*text == "Enabled") values.emplace_back("Attributes/" + member.key, "Disabled");
  }
  return values;
}

SettingValues factory_boot(const json::Value& document) {
  const json::Value& boot = document["Boot"];
  SettingValues values;
  json::Array order = boot["BootOrder"].items();
  if (order.size() > 1) {
    std::ranges::reverse(order);
    values.emplace_back("Boot/BootOrder", std::move(order));
  }
  if (boot.find("BootSourceOverrideEnabled") != nullptr) {
    values.emplace_back("Boot/BootSourceOverrideEnabled", "Disabled");
    values.emplace_back("Boot/BootSourceOverrideTarget", "None");
  }
  return values;
}

SettingValues factory_services(const json::Value& document) {
  SettingValues values;
  for (const std::string_view service : {"IPMI", "SNMP", "SSDP"}) {
    const auto enabled = document[service]["ProtocolEnabled"].as_bool();
    if (enabled) values.emplace_back(fmt::format("{}/ProtocolEnabled", service), !*enabled);
  }
  if (!document["NTP"].is_null()) values.emplace_back("NTP/NTPServers", json::Array{});
  return values;
}

SettingValues factory_interface(const json::Value& document) {
  SettingValues values;
  const auto forget = [&](std::string path, json::Value value) {
    if (!at_path(document, path).is_null()) values.emplace_back(std::move(path), std::move(value));
  };
  forget("HostName", "bmc");
  forget("VLAN/VLANEnable", false);
  forget("DHCPv4/DHCPEnabled", true);
  forget("StaticNameServers", json::Array{});
  forget("IPv4StaticAddresses", json::Array{});
  return values;
}

void show_addresses(json::Value& interface) {
  json::Array shown;
  if (interface["DHCPv4"]["DHCPEnabled"].as_bool() == true) {
    shown.push_back(json::Object{{"Address", "10.20.9.77"},
                                 {"SubnetMask", "255.255.255.0"},
                                 {"Gateway", "10.20.9.1"},
                                 {"AddressOrigin", "DHCP"}});
  }
  for (json::Value address : interface["IPv4StaticAddresses"].items()) {
    address.object().set("AddressOrigin", "Static");
    shown.push_back(std::move(address));
  }
  interface.object().set("IPv4Addresses", std::move(shown));
}

}  // namespace firmform::simulators

// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/setting_stubs.h"

#include <fmt/format.h>

namespace firmform::simulators {
namespace {

std::string last_segment(std::string_view uri) {
  return std::string(uri.substr(uri.rfind('/') + 1));
}

json::Value address(bool with_origin) {
  json::Object body{{"Address", "10.20.0.11"}, {"SubnetMask", "255.255.255.0"}, {"Gateway", "10.20.0.1"}};
  if (with_origin) body.set("AddressOrigin", "Static");
  return body;
}

/// The first one is in use, with a fixed address in a VLAN; the others are off.
json::Value interface(const std::string& uri, bool in_use) {
  json::Object body{
      {"@odata.id", uri},
      {"@odata.type", "#EthernetInterface.v1_4_1.EthernetInterface"},
      {"Id", last_segment(uri)},
      {"Name", "Manager Network Interface"},
      {"Description", "Network interface of the manager"},
      {"Status", json::Object{{"State", in_use ? "Enabled" : "Disabled"}, {"Health", "OK"}}},
      {"InterfaceEnabled", in_use},
      {"LinkStatus", in_use ? "LinkUp" : "NoLink"},
      {"MACAddress", in_use ? "02:00:5E:10:00:11" : "02:00:5E:10:00:12"},
      {"AutoNeg", true},
      {"SpeedMbps", in_use ? json::Value(1000) : json::Value()},
      {"FullDuplex", true},
      {"HostName", "bmc-rack7"},
      {"DHCPv4", json::Object{{"DHCPEnabled", false}, {"UseDNSServers", false}, {"UseNTPServers", false}}},
      {"DHCPv6", json::Object{{"OperatingMode", "Disabled"}, {"UseDNSServers", false}}},
      {"VLAN", json::Object{{"VLANEnable", in_use}, {"VLANId", 120}}},
      {"NameServers", json::Array{"10.20.0.2"}},
      {"StaticNameServers", json::Array{"10.20.0.2"}}};
  body.set("IPv4Addresses", in_use ? json::Array{address(true)} : json::Array{});
  body.set("IPv4StaticAddresses", in_use ? json::Array{address(false)} : json::Array{});
  return body;
}

/// A settings object in which nothing pends.
json::Value pending(const std::string& uri, const json::Value& owner) {
  json::Object body{{"@odata.id", uri},
                    {"@odata.type", owner["@odata.type"]},
                    {"Id", last_segment(uri)},
                    {"Name", "Pending Settings"},
                    {"Description", "Settings that the next restart of the host applies"}};
  if (owner.find("Attributes") != nullptr) body.set("Attributes", json::Object{});
  if (owner.find("Boot") != nullptr) body.set("Boot", json::Object{{"BootOrder", owner["Boot"]["BootOrder"]}});
  return body;
}

}  // namespace

std::vector<CapturedResource> setting_stubs(const CapturedTree& tree) {
  std::vector<CapturedResource> stubs;
  for (const auto& [key, resource] : tree.resources()) {
    const std::string target(without_slash(resource.body["@Redfish.Settings"]["SettingsObject"].text("@odata.id")));
    const bool is_setting = resource.body.find("Attributes") != nullptr || resource.body.find("Boot") != nullptr;
    if (!target.empty() && is_setting && tree.find(target) == nullptr) {
      stubs.push_back({target, pending(target, resource.body), {}});
    }
    const bool interfaces = key.find("/managers/") != std::string::npos && key.ends_with("/ethernetinterfaces");
    if (!interfaces) continue;
    bool first = true;
    for (const json::Value& member : resource.body["Members"].items()) {
      const std::string uri(without_slash(member.text("@odata.id")));
      if (tree.find(uri) == nullptr) stubs.push_back({uri, interface(uri, first), {}});
      first = false;
    }
  }
  return stubs;
}

}  // namespace firmform::simulators

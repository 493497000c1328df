// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/dialect.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/text.h"
#include "providers/hpe/facts.h"
#include "providers/redfish/identity.h"
#include "providers/redfish/resource.h"

namespace firmform::hpe {
namespace {

using inventory::Component;
using inventory::HostSnapshot;
using redfish::Naming;
using redfish::Resources;
using redfish::Role;
using redfish::slug;

int match(const ServiceFacts& facts) {
  if (facts.manager_type.starts_with("iLO")) return 100;
  const auto has = [&](std::string_view key) { return std::ranges::find(facts.oem_keys, key) != facts.oem_keys.end(); };
  return has("Hpe") || has("Hp") ? 60 : 0;
}

void describe(Component& component, const json::Value& item) {
  const json::Value& vendor = oem(item);
  component.device_class = to_lower(vendor.text("DeviceClass"));
  component.location = vendor.text("DeviceContext");
  for (const std::string& target : redfish::texts(vendor["Targets"])) component.targets.push_back(to_lower(target));
}

/// Description is the machine's key; Name is marketing text and Id the order of discovery. What is soldered
/// on needs no location.
Naming naming_of(const Component& component) {
  Naming naming;
  naming.base = slug(trim(component.description));
  if (naming.base.empty()) naming.base = slug(component.name);
  const bool is_fixed = component.location == "System Board" || component.location == "Embedded Device";
  const std::string place = is_fixed ? std::string() : slug(component.location);
  if (!place.empty()) naming.base += "@" + place;
  naming.detail = slug(component.name);
  return naming;
}

void identify(std::vector<Component>& components, const Resources&) {
  std::vector<Naming> namings;
  for (Component& component : components) {
    const bool is_firmware = component.kind == inventory::Kind::firmware;
    component.is_bmc = is_firmware && component.description == "SystemBMC";
    component.is_bios = is_firmware && component.description == "SystemRomActive";
    if (component.description == "SystemRomBackup") component.slot = inventory::Slot::backup;
    namings.push_back(naming_of(component));
  }
  redfish::assign_addresses(components, std::move(namings));
}

/// Where the iLO does not say so in one flag, the older ones decide. A host that is off is in no POST.
std::optional<bool> discovery_complete(const json::Value& system) {
  constexpr std::array<std::string_view, 3> kInPost = {"Reset", "InPost", "InPostDiscoveryStart"};
  const json::Value& vendor = oem(system);
  if (system.text("PowerState") == "Off") return true;
  if (std::ranges::find(kInPost, vendor.text("PostState")) != kInPost.end()) return false;
  const json::Value& discovery = vendor["DeviceDiscoveryComplete"];
  if (const auto complete = discovery["ServerFirmwareInventoryComplete"].as_bool()) return complete;
  const std::string_view devices = discovery.text("DeviceDiscovery");
  if (devices.empty()) return std::nullopt;
  return devices == "vMainDeviceDiscoveryComplete" || devices == "vAuxDeviceDiscoveryComplete";
}

void note_manager(HostSnapshot& host, const json::Value& root) {
  const json::Array& managers = oem(root)["Manager"].items();
  if (managers.empty()) return;
  host.vendor_facts[std::string(kGeneration)] = managers.front().text("ManagerType");
  const std::string_view external = managers.front().text("ExternalManager");
  if (!external.empty() && external != "None") host.vendor_facts[std::string(kExternalManager)] = external;
}

void note_update_engine(inventory::UpdateFacts& update, const json::Value& service) {
  const json::Value& engine = oem(service);
  update.state = engine.text("State");
  if (const auto percent = engine["FlashProgressPercent"].as_int()) update.flash_percent = static_cast<int>(*percent);
  update.result_message_id = engine["Result"].text("MessageId");
  update.downgrade_policy = engine.text("DowngradePolicy");
  update.supports_fwpkg = engine["Capabilities"]["UpdateFWPKG"].as_bool().value_or(false);
  update.accepts_third_party = engine["Accept3rdPartyFirmware"].as_bool().value_or(true);
}

void enrich(HostSnapshot& host, const Resources& resources) {
  note_manager(host, resources.root);
  note_update_engine(host.update, resources.update_service);
  const std::string_view post = oem(resources.system).text("PostState");
  if (!post.empty()) host.system.boot_progress = post;
  if (const auto complete = discovery_complete(resources.system)) host.system.discovery_complete = complete;
  note_features(host, resources);
}

/// Parts of the host that the iLO sums up in one place.
void describe_health(inventory::Health& health, const Resources& resources) {
  for (const json::Member& part : oem(resources.system)["AggregateHealthStatus"].members()) {
    const std::string_view state = part.value["Status"].text("Health");
    if (state == "Warning" || state == "Critical") health.sensors[to_lower(part.key)] = state;
  }
}

Role role(const Component& component) {
  constexpr std::array<std::string_view, 3> kIndependent = {"InnovationEngineFirmware", "PowerSupplies",
                                                            "Intelligent Provisioning"};
  if (component.is_bmc) return Role::bmc;
  if (component.is_bios) return Role::bios;
  const bool independent = std::ranges::find(kIndependent, component.description) != kIndependent.end();
  return independent ? Role::independent : Role::device;
}

redfish::Quirks quirks() {
  using namespace std::chrono_literals;
  redfish::Quirks data;
  data.name = "hpe";
  data.vendor = "HPE";
  data.boot_order_is_writable = false;
  data.bmc = {.expected = 6min, .deadline = 20min};
  data.bios = {.expected = 4min, .deadline = 40min};
  data.device = {.expected = 3min, .deadline = 30min};
  data.host_reset = {.expected = 8min, .deadline = 40min};
  // The inventory of option cards may come half an hour after the boot.
  data.verify_after_reset = {.expected = 5min, .deadline = 45min};
  return data;
}

}  // namespace

const redfish::Dialect& dialect() {
  static const redfish::Dialect ilo{.quirks = quirks(),
                                    .match = match,
                                    .describe = describe,
                                    .identify = identify,
                                    .enrich = enrich,
                                    .describe_health = describe_health,
                                    .role = role};
  return ilo;
}

bool is_ilo4(const HostSnapshot& host) {
  const auto generation = host.vendor_facts.find(std::string(kGeneration));
  return generation != host.vendor_facts.end() && generation->second == "iLO 4";
}

const json::Value& oem(const json::Value& resource) {
  const json::Value& vendor = resource["Oem"]["Hpe"];
  return vendor.is_null() ? resource["Oem"]["Hp"] : vendor;
}

}  // namespace firmform::hpe

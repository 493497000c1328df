// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/ilo4.h"

#include <fmt/format.h>

#include "providers/redfish/resource.h"

namespace firmform::hpe {
namespace {

json::Value item_of(const std::string& inventory_uri, const std::string& id, const json::Value& entry) {
  return json::Object{
      {"@odata.id", inventory_uri},
      {"Id", id},
      {"Name", std::string(entry.text("Name"))},
      {"Description", std::string(entry.text("Key"))},
      {"Version", entry["VersionString"]},
      {"Oem", json::Object{{"Hp", json::Object{{"DeviceContext", std::string(entry.text("Location"))}}}}}};
}

}  // namespace

std::string ilo4_inventory_uri(const json::Value& system) {
  const json::Value& vendor = system["Oem"]["Hp"];
  const std::string linked = redfish::link(vendor["Links"], "FirmwareInventory");
  return linked.empty() ? std::string(vendor["links"]["FirmwareInventory"].text("href")) : linked;
}

std::vector<json::Value> ilo4_items(const json::Value& inventory) {
  std::vector<json::Value> items;
  for (const json::Member& key : inventory["Current"].members()) {
    for (const json::Value& entry : key.value.items()) {
      items.push_back(item_of(redfish::uri_of(inventory), std::to_string(items.size() + 1), entry));
    }
  }
  return items;
}

Task<redfish::Resources> with_ilo4_inventory(redfish::Client& client, redfish::Resources resources) {
  const std::string uri = ilo4_inventory_uri(resources.system);
  if (uri.empty()) co_return resources;
  const auto inventory = co_await client.get(uri);
  if (inventory) {
    resources.firmware = ilo4_items(*inventory);
  } else {
    resources.warnings.push_back(fmt::format("{} could not be read: {}", uri, inventory.error().message()));
  }
  co_return resources;
}

}  // namespace firmform::hpe

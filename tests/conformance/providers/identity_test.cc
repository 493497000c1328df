// SPDX-License-Identifier: Apache-2.0
// Addresses survive new versions and a new order of discovery.
#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>
#include <random>

#include "engine/json/value.h"
#include "tests/conformance/providers/mockups.h"
#include "tests/conformance/providers/tree_copy.h"

namespace firmform {
namespace {

using inventory::Component;
using tests::kInventory;
using tests::TreeCopy;
namespace fs = std::filesystem;

/// What makes an item this item and no other, for items that can be told apart at all.
std::string essence(const Component& component) {
  return component.description + "|" + component.location + "|" + component.name;
}

std::map<std::string, std::string> essences_by_address(const fs::path& tree) {
  std::map<std::string, std::string> result;
  for (const Component& component : tests::read_tree(tree).host.components) {
    result[component.address] = essence(component);
  }
  return result;
}

TEST_CASE("an iLO's addresses do not change when it discovers its devices in another order") {
  for (const std::string folder : {"hpe-dl360-gen10plus-ilo5", "hpe-dl380a-gen11-ilo6", "hpe-dl380a-gen12-ilo7"}) {
    const auto before = essences_by_address(tests::mockup_path(folder));
    for (const unsigned seed : {1U, 2U, 3U}) {
      INFO(folder << " " << seed);
      const TreeCopy copy(folder);
      std::vector<json::Value> items = copy.items();
      std::ranges::shuffle(items, std::mt19937(seed));
      for (std::size_t i = 0; i < items.size(); ++i) {
        const std::string id = std::to_string(i + 1);
        items[i].object().set("Id", id);
        items[i].object().set("@odata.id", std::string(kInventory) + "/" + id);
      }
      copy.write_inventory(items);
      CHECK(essences_by_address(copy.root()) == before);
    }
  }
}

TEST_CASE("addresses do not change when versions do") {
  for (const std::string folder : {"hpe-dl380a-gen11-ilo6", "lenovo-sr670v2-xcc", "dmtf-public-rackmount1"}) {
    INFO(folder);
    const TreeCopy copy(folder);
    std::vector<json::Value> items = copy.items();
    for (json::Value& item : items) item.object().set("Version", "99.9");
    copy.write_inventory(items);
    CHECK(essences_by_address(copy.root()) == essences_by_address(tests::mockup_path(folder)));
  }
}

TEST_CASE("a Dell component keeps its address when the version in its Id changes") {
  const TreeCopy copy("dell-r750-idrac9");
  std::vector<json::Value> items = copy.items();
  for (json::Value& item : items) {
    if (item.text("Id") != "Installed-159-1.8.2__BIOS.Setup.1-1") continue;
    item.object().set("Id", "Installed-159-1.14.1__BIOS.Setup.1-1");
    item.object().set("@odata.id", std::string(kInventory) + "/Installed-159-1.14.1__BIOS.Setup.1-1");
    item.object().set("Version", "1.14.1");
  }
  copy.write_inventory(items);
  const auto host = tests::read_tree(copy.root()).host;
  const Component* bios = host.find("159:BIOS.Setup.1-1");
  REQUIRE(bios != nullptr);
  CHECK(bios->version == "1.14.1");
  CHECK(bios->is_bios);
}

TEST_CASE("the image that an OpenBMC runs keeps its address when it changes places with the other bank") {
  const TreeCopy copy("openbmc-2.15");
  json::Value running = copy.items().front();
  json::Value other = running;
  other.object().set("Id", "0badcafe");
  other.object().set("@odata.id", std::string(kInventory) + "/0badcafe");
  other.object().set("Version", "2.16.0");
  copy.write_inventory({other, running});
  CHECK(tests::read_tree(copy.root()).host.find("bmc")->version == "2.15.0-dev-686-g100c36de90");
  CHECK(tests::read_tree(copy.root()).host.find("bmc@backup")->version == "2.16.0");

  const std::string manager_uri = "/redfish/v1/Managers/bmc";
  json::Value manager = tests::resource(copy.root(), manager_uri);
  json::Object links = manager["Links"].members();
  links.set("ActiveSoftwareImage", json::Object{{"@odata.id", std::string(kInventory) + "/0badcafe"}});
  manager.object().set("Links", std::move(links));
  copy.write(manager_uri, manager);
  const auto host = tests::read_tree(copy.root()).host;
  CHECK(host.find("bmc")->version == "2.16.0");
  CHECK(host.find("bmc")->is_bmc);
  CHECK_FALSE(host.find("bmc@backup")->is_bmc);
}

TEST_CASE("a pending version of an XCC is the staged version of what runs") {
  const TreeCopy copy("lenovo-sr670v2-xcc");
  std::vector<json::Value> items = copy.items();
  for (json::Value& item : items) {
    if (item.text("Id") == "UEFI-Pending") item.object().set("Version", "24C-1.60");
  }
  copy.write_inventory(items);
  const auto host = tests::read_tree(copy.root()).host;
  CHECK(host.find("UEFI")->staged_version == "24C-1.60");
  CHECK_FALSE(host.find("BMC-Primary")->staged_version.has_value());
  CHECK(host.find("BMC-Backup")->slot == inventory::Slot::backup);
}

}  // namespace
}  // namespace firmform

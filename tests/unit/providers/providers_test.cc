// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "providers/dell/dell.h"
#include "providers/openbmc/openbmc.h"
#include "providers/provider.h"
#include "providers/redfish/identity.h"

namespace firmform {
namespace {

const std::vector<ServiceFacts> kServices = {
    {.vendor = "HPE", .product = "ProLiant DL380a Gen11", .oem_keys = {"Hpe"}, .manager_type = "iLO 6"},
    {.vendor = "", .product = "", .oem_keys = {"Hp"}, .manager_type = "iLO 4"},
    {.vendor = "HPE", .product = "Cray", .oem_keys = {}, .manager_type = ""},
    {.vendor = "Dell", .product = "iDRAC", .oem_keys = {"Dell"}, .manager_type = ""},
    {.vendor = "Lenovo", .product = "", .oem_keys = {}, .manager_type = ""},
    {.vendor = "OpenBMC", .product = "", .oem_keys = {}, .manager_type = ""},
    {.vendor = "Contoso", .product = "", .oem_keys = {"Contoso"}, .manager_type = ""},
    {}};

TEST_CASE("no two providers claim a service with the same score, and one always does") {
  const Providers providers = all_providers();
  for (const ServiceFacts& facts : kServices) {
    INFO(facts.vendor << " " << facts.manager_type);
    std::multiset<int> scores;
    for (const auto& provider : providers.all()) scores.insert(provider->match(facts));
    CHECK(*scores.rbegin() > 0);
    CHECK(scores.count(*scores.rbegin()) == 1);
  }
}

TEST_CASE("services are chosen by what their root says") {
  const Providers providers = all_providers();
  const std::vector<std::string_view> expected = {"hpe",    "hpe",     "redfish", "dell",
                                                  "lenovo", "openbmc", "redfish", "redfish"};
  for (std::size_t i = 0; i < kServices.size(); ++i) CHECK(providers.choose(kServices[i]).name() == expected[i]);
}

TEST_CASE("providers are found by their unique names") {
  const Providers providers = all_providers();
  std::set<std::string_view> names;
  for (const auto& provider : providers.all()) {
    CHECK(names.insert(provider->name()).second);
    CHECK(providers.find(provider->name()) == provider.get());
  }
  CHECK(providers.find("acme") == nullptr);
}

TEST_CASE("an address holds none but the allowed characters") {
  CHECK(redfish::slug("PCI-E Slot 1") == "PCI-E-Slot-1");
  CHECK(redfish::slug("Slot=12:Port=2I:Box=1:Bay=1") == "Slot=12:Port=2I:Box=1:Bay=1");
  CHECK(redfish::slug("  (a) / b\xC3\xA9 ") == "a-b");
  CHECK(redfish::slug("///").empty());
}

std::vector<std::string> addresses(std::vector<inventory::Component> components, std::vector<redfish::Naming> namings) {
  redfish::assign_addresses(components, std::move(namings));
  std::vector<std::string> result;
  for (const inventory::Component& component : components) result.push_back(component.address);
  return result;
}

inventory::Component with_id(std::string id) {
  inventory::Component component;
  component.id = std::move(id);
  return component;
}

TEST_CASE("components that nothing tells apart are numbered in the order of their Ids") {
  CHECK(addresses({with_id("10"), with_id("9"), with_id("x")}, {{"A", "", ""}, {"A", "", ""}, {"A", "", ""}}) ==
        std::vector<std::string>{"A#2", "A", "A#3"});
  CHECK(addresses({with_id("1"), with_id("2")}, {{"A", "left", ""}, {"A", "right", ""}}) ==
        std::vector<std::string>{"A+left", "A+right"});
  CHECK(addresses({with_id("1"), with_id("2"), with_id("3")}, {{"A", "", ""}, {"A", "", ""}, {"A#2", "", ""}}) ==
        std::vector<std::string>{"A", "A#3", "A#2"});
  CHECK(addresses({with_id("1")}, {{"", "", ""}}) == std::vector<std::string>{"item"});
}

TEST_CASE("software never shares an address with firmware") {
  inventory::Component software = with_id("1");
  software.kind = inventory::Kind::software;
  CHECK(addresses({with_id("1"), software}, {{"A", "", ""}, {"A", "", ""}}) ==
        std::vector<std::string>{"A", "software:A"});
}

TEST_CASE("a Dell inventory Id falls into its parts") {
  const auto id = dell::parse_inventory_id("Installed-0-50.0.1-0639__Disk.Bay.0:Enclosure.Internal.0-1");
  REQUIRE(id.has_value());
  CHECK(id->slot == "Installed");
  CHECK(id->component == "0");
  CHECK(id->fqdd == "Disk.Bay.0:Enclosure.Internal.0-1");
  for (const char* other : {"", "BIOS", "Installed-159", "Installed-159-1.2", "Installed-__X", "a__b-c"}) {
    INFO(other);
    CHECK_FALSE(dell::parse_inventory_id(other).has_value());
  }
}

TEST_CASE("an OpenBMC image is named by its purpose, never by its random Id") {
  inventory::Component image = with_id("5d0869c4");
  image.description = "BMC image";
  CHECK(openbmc::purpose_of(image) == "bmc");
  image.description = "Host image";
  CHECK(openbmc::purpose_of(image) == "bios");
  image.description = "Unknown image";
  image.related = {"/redfish/v1/Systems/system/Bios"};
  CHECK(openbmc::purpose_of(image) == "bios");
  image.related.clear();
  image.id = "VR0_1755532122";
  CHECK(openbmc::purpose_of(image) == "VR0");
}

}  // namespace
}  // namespace firmform

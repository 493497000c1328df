// SPDX-License-Identifier: Apache-2.0
// Incomplete and unusual services are read as far as they go.
#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/conformance/providers/tree_copy.h"

namespace firmform {
namespace {

using tests::read_tree;
using tests::TreeCopy;

bool warns_of(const inventory::HostSnapshot& host, std::string_view part) {
  return std::ranges::any_of(host.warnings,
                             [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

json::Value link_to(const std::string& uri) {
  return json::Object{{"@odata.id", uri}};
}

TEST_CASE("a captured tree needs no more requests than its parts") {
  const auto requests = [](const std::string& folder) { return read_tree(tests::mockup_path(folder)).requests; };
  // Root, login, UpdateService, two inventories, Systems, Managers, TaskService, Tasks: with $expand one each.
  CHECK(requests("hpe-dl380a-gen11-ilo6") == 9);
  CHECK(requests("dell-r750-idrac9") == 9);
  // No SoftwareInventory, and one ActionInfo.
  CHECK(requests("dmtf-public-rackmount1") == 9);
  // Without $expand one more for each member, and two ActionInfos.
  CHECK(requests("openbmc-2.15") == 13);
}

TEST_CASE("a service without UpdateService is read with a warning") {
  const TreeCopy copy("hpe-dl380a-gen11-ilo6");
  copy.remove("/redfish/v1/UpdateService");
  const auto linked = read_tree(copy.root()).host;
  CHECK(linked.update.uri.empty());
  CHECK(linked.components.empty());
  CHECK(warns_of(linked, "UpdateService"));
  CHECK(linked.system.serial == "2M2D2J00L4");

  json::Value root = tests::resource(copy.root(), "/redfish/v1");
  root.object().erase("UpdateService");
  copy.write("/redfish/v1", root);
  CHECK(warns_of(read_tree(copy.root()).host, "no UpdateService"));
}

TEST_CASE("a linked part that is missing is a warning") {
  const TreeCopy copy("lenovo-sr670v2-xcc");
  copy.remove("/redfish/v1/TaskService");
  copy.remove("/redfish/v1/UpdateService/FirmwareInventory/PSU1");
  const auto host = read_tree(copy.root()).host;
  CHECK(host.components.size() == 42);
  CHECK(warns_of(host, "PSU1"));
  CHECK(warns_of(host, "TaskService"));
}

TEST_CASE("of several systems the physical one is meant, with its own manager") {
  const TreeCopy copy("dmtf-public-rackmount1");
  json::Value other = tests::resource(copy.root(), "/redfish/v1/Systems/437XR1138R2");
  other.object().set("@odata.id", "/redfish/v1/Systems/0");
  other.object().set("SystemType", "Virtual");
  other.object().set("SerialNumber", "virtual");
  copy.write("/redfish/v1/Systems/0", other);
  copy.set("/redfish/v1/Systems", "Members",
           json::Array{link_to("/redfish/v1/Systems/0"), link_to("/redfish/v1/Systems/437XR1138R2")});
  json::Value enclosure = tests::resource(copy.root(), "/redfish/v1/Managers/BMC");
  enclosure.object().set("@odata.id", "/redfish/v1/Managers/0");
  copy.write("/redfish/v1/Managers/0", enclosure);
  copy.set("/redfish/v1/Managers", "Members",
           json::Array{link_to("/redfish/v1/Managers/0"), link_to("/redfish/v1/Managers/BMC")});
  const auto host = read_tree(copy.root()).host;
  CHECK(host.system.serial == "437XR1138R2");
  CHECK(host.manager.uri == "/redfish/v1/Managers/BMC");
  CHECK(warns_of(host, "2 systems"));
}

TEST_CASE("running tasks are shown, and finished and endless ones are not") {
  const TreeCopy copy("dmtf-public-rackmount1");
  const std::string task = "/redfish/v1/TaskService/Tasks/545";
  CHECK(read_tree(copy.root()).host.tasks.empty());
  copy.set(task, "TaskState", "Running");
  const auto running = read_tree(copy.root()).host;
  REQUIRE(running.tasks.size() == 1);
  CHECK(running.tasks[0].uri == task);
  CHECK(inventory::is_busy(running));
  copy.set(task, "TaskState", "Service");
  CHECK(read_tree(copy.root()).host.tasks.empty());
}

TEST_CASE("a task that waits for a restart is seen and does not keep the BMC busy") {
  const TreeCopy copy("dmtf-public-rackmount1");
  copy.set("/redfish/v1/TaskService/Tasks/545", "TaskState", "Suspended");
  const auto host = read_tree(copy.root()).host;
  CHECK_FALSE(inventory::is_busy(host));
  CHECK(host.vendor_facts.at("waiting_tasks") == "/redfish/v1/TaskService/Tasks/545");
  CHECK(warns_of(host, "waits for a restart"));
}

TEST_CASE("an iLO in POST or discovery says so in every generation's way") {
  const TreeCopy copy("hpe-dl380a-gen11-ilo6");
  const std::string system = "/redfish/v1/Systems/1";
  const auto complete_with = [&](const std::string& hpe) {
    copy.set(system, "Oem", json::Object{{"Hpe", *json::parse(hpe)}});
    return read_tree(copy.root()).host.system.discovery_complete;
  };
  CHECK(complete_with(R"({"PostState":"InPost","DeviceDiscoveryComplete":{"ServerFirmwareInventoryComplete":true}})") ==
        false);
  CHECK(complete_with(
            R"({"PostState":"FinishedPost","DeviceDiscoveryComplete":{"ServerFirmwareInventoryComplete":false}})") ==
        false);
  CHECK(complete_with(
            R"({"PostState":"FinishedPost","DeviceDiscoveryComplete":{"ServerFirmwareInventoryComplete":true}})") ==
        true);
  CHECK(
      complete_with(
          R"({"PostState":"FinishedPost","DeviceDiscoveryComplete":{"DeviceDiscovery":"vMainDeviceDiscoveryComplete"}})") ==
      true);
  CHECK(complete_with(R"({"PostState":"FinishedPost","DeviceDiscoveryComplete":{"DeviceDiscovery":"Busy"}})") == false);
}

TEST_CASE("an iLO 4 shows the inventory that its system has") {
  const TreeCopy copy("hpe-dl360-gen10plus-ilo5");
  json::Value root = tests::resource(copy.root(), "/redfish/v1");
  root.object().erase("UpdateService");
  root.object().set("Oem",
                    *json::parse(R"({"Hp":{"Manager":[{"ManagerType":"iLO 4","ManagerFirmwareVersion":"2.55"}]}})"));
  copy.write("/redfish/v1", root);
  copy.set(
      "/redfish/v1/Systems/1", "Oem",
      *json::parse(R"({"Hp":{"links":{"FirmwareInventory":{"href":"/redfish/v1/Systems/1/FirmwareInventory"}}}})"));
  copy.write("/redfish/v1/Systems/1/FirmwareInventory",
             *json::parse(R"({"@odata.id":"/redfish/v1/Systems/1/FirmwareInventory",
    "Current":{"SystemBMC":[{"Key":"SystemBMC","Name":"iLO","VersionString":"2.55 Aug 16 2017","Location":"System Board"}],
      "SystemRomActive":[{"Key":"SystemRomActive","Name":"System ROM","VersionString":"P89 v2.42","Location":"System Board"}],
      "14e4168a":[{"Key":"14e4168a","Name":"NIC","VersionString":"7.14","Location":"Slot 1"}]}})"));
  const auto host = read_tree(copy.root()).host;
  CHECK(host.provider == "hpe");
  CHECK(host.vendor_facts.at("hpe.generation") == "iLO 4");
  REQUIRE(host.components.size() == 3);
  CHECK(host.find("SystemBMC")->version == "2.55 Aug 16 2017");
  CHECK(host.find("SystemBMC")->is_bmc);
  CHECK(host.find("SystemRomActive")->is_bios);
  CHECK(host.find("14e4168a@Slot-1") != nullptr);
}

}  // namespace
}  // namespace firmform

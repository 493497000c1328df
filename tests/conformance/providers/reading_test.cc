// SPDX-License-Identifier: Apache-2.0
// Incomplete and unusual services are read as far as they go.
#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <functional>

#include "engine/base/time_text.h"
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
  // An iLO keeps more: repository, queue, windows, sets, invalid images; then its agent and our session.
  CHECK(requests("hpe-dl380a-gen11-ilo6") == 16);
  // No link to an agent.
  CHECK(requests("hpe-dl380a-gen12-ilo7") == 15);
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

TEST_CASE("a part of the iLO that is missing never looks like an empty one") {
  const TreeCopy copy("hpe-dl360-gen10plus-ilo5");
  copy.remove("/redfish/v1/UpdateService/UpdateTaskQueue");
  copy.remove("/redfish/v1/UpdateService/ComponentRepository");
  const auto host = read_tree(copy.root()).host;
  REQUIRE(host.staging.has_value());
  CHECK(host.staging->queue_uri.empty());
  CHECK_FALSE(host.staging->repository.has_value());
  CHECK(host.staging->install_sets.size() == 1);
  CHECK(warns_of(host, "UpdateTaskQueue is missing"));
  CHECK(warns_of(host, "ComponentRepository is missing"));
}

TEST_CASE("an iLO without its own part of the update service keeps nothing") {
  const TreeCopy copy("hpe-dl360-gen10plus-ilo5");
  copy.set("/redfish/v1/UpdateService", "Oem", nullptr);
  const auto host = read_tree(copy.root()).host;
  CHECK_FALSE(host.staging.has_value());
  CHECK(host.vendor_facts.count("hpe.add_from_uri") == 0);
}

TEST_CASE("queue entries and windows are read as the iLO shows them, stubs and oddities included") {
  const TreeCopy copy("hpe-dl360-gen10plus-ilo5");
  const std::string queue = "/redfish/v1/UpdateService/UpdateTaskQueue";
  const auto add = [&](const std::string& collection, const std::string& id, const char* text) {
    json::Value members = tests::resource(copy.root(), collection)["Members"];
    members.array().push_back(link_to(collection + "/" + id));
    copy.set(collection, "Members", members);
    json::Value item = *json::parse(text);
    item.object().set("@odata.id", collection + "/" + id);
    item.object().set("Id", id);
    copy.write(collection + "/" + id, item);
  };
  add(queue, "fcf05991", R"({"Name":"FW for HPE Integrated Lights-Out 5","Command":"ApplyUpdate","Component":"0",
    "Filename":"","State":"Pending","MaintenanceWindow":"7ada2ed8"})");
  add(queue, "2d1a59f9", R"({"Name":"Friendly name for this item in the installation queue","Command":"ApplyUpdate",
    "Filename":"ilo5_271.bin","Component":"/redfish/v1/UpdateService/ComponentRepository/051e264c/","State":"Exception",
    "TPMOverride":true,"UpdatedRecoverySet":false,"ExecutionTimeoutMinutes":0,"MaintenanceWindow":null,
    "Result":{"MessageId":"iLO.2.25.UpdateFailed","MessageArgs":["7"]}})");
  add(queue, "9774ef68",
      R"({"Name":"MyTask","Command":"Wait","WaitTimeSeconds":30,"UpdatableBy":["Uefi"],"State":"Odd"})");
  add("/redfish/v1/UpdateService/MaintenanceWindows", "7ada2ed8", R"({"Name":"Christmas Maintenance Window",
    "Description":"Christmas 2020 Maintenance Window","StartAfter":"2020-12-25T00:00:00","Expire":"2020-12-25T22:00:00Z"})");
  const auto host = read_tree(copy.root()).host;
  REQUIRE(host.staging->queue.size() == 3);
  const inventory::QueueEntry& unbound = host.staging->queue[0];
  CHECK_FALSE(unbound.is_bound);
  CHECK(inventory::blocks_queue(unbound));
  CHECK(unbound.window_id == "7ada2ed8");
  const inventory::QueueEntry& failed = host.staging->queue[1];
  CHECK(failed.is_bound);
  CHECK(failed.state == inventory::QueueState::exception);
  CHECK(failed.tpm_override);
  CHECK(failed.result == "iLO.2.25.UpdateFailed: the update failed: 7");
  // What the answer does not echo is what the stored image says.
  CHECK(failed.step.updatable_by == std::vector{inventory::Updater::bmc});
  // A state that nobody knows is work under way.
  CHECK(host.staging->queue[2].state == inventory::QueueState::in_progress);
  CHECK(host.staging->queue[2].step.wait_seconds == 30);
  REQUIRE(host.staging->windows.size() == 1);
  CHECK(host.staging->windows[0].start == parse_rfc3339("2020-12-25T00:00:00Z"));
  CHECK(host.staging->windows[0].end == parse_rfc3339("2020-12-25T22:00:00Z"));
}

TEST_CASE("an agent that installs by itself is told from one that waits to be asked") {
  const TreeCopy copy("hpe-dl360-gen10plus-ilo5");
  CHECK_FALSE(read_tree(copy.root()).host.staging->agent.installs_by_itself());
  const std::string uri = "/redfish/v1/systems/1/hpsut";
  const auto agent_with = [&](const char* text) {
    copy.write(uri, *json::parse(text));
    return read_tree(copy.root()).host.staging->agent;
  };
  CHECK_FALSE(
      agent_with(R"({"Mode":"OnDemand","ServiceState":"Running","ServiceVersion":"2.5.6"})").installs_by_itself());
  CHECK(agent_with(R"({"Mode":"AutoDeploy","ServiceState":"Running"})").installs_by_itself());
  CHECK_FALSE(agent_with(R"({"Mode":"AutoDeploy","ServiceState":"Stopped"})").installs_by_itself());
}

/// A copy whose update engine shows what `change` makes of it.
inventory::HostSnapshot with_engine(const std::string& folder, const std::function<void(json::Object&)>& change) {
  const TreeCopy copy(folder);
  json::Value service = tests::resource(copy.root(), "/redfish/v1/UpdateService");
  change(service.object()["Oem"].object()["Hpe"].object());
  copy.write("/redfish/v1/UpdateService", service);
  return read_tree(copy.root()).host;
}

TEST_CASE("an invalid image is an incident until a scan finds the firmware to be good, or the host runs with it") {
  const std::string folder = "hpe-dl380a-gen12-ilo7";
  const auto repaired = read_tree(tests::mockup_path(folder)).host;
  CHECK(repaired.incidents.empty());
  CHECK(warns_of(repaired, "Invalid System ROM image"));
  const auto cut_off = [](json::Object& engine) {
    engine.set("State", "Error");
    engine.set("Result", *json::parse(R"({"MessageId":"iLO.2.25.UpdateInterrupted"})"));
  };
  const auto broken = with_engine(folder, [&](json::Object& engine) {
    engine["FirmwareIntegrity"].object().set("LastScanTime", "2025-06-01T00:00:00Z");
    cut_off(engine);
  });
  REQUIRE(broken.incidents.size() == 2);
  CHECK(broken.incidents[0].component == "SystemRomActive");
  CHECK(broken.incidents[0].text.find("Invalid System ROM image") != std::string::npos);
  CHECK(inventory::fingerprint(broken) != inventory::fingerprint(repaired));
  const auto unscanned = with_engine(folder, [&](json::Object& engine) {
    engine.erase("FirmwareIntegrity");
    cut_off(engine);
  });
  CHECK(unscanned.incidents.size() == 2);
  const auto running = with_engine(folder, [](json::Object& engine) { engine.erase("FirmwareIntegrity"); });
  CHECK(running.incidents.empty());
  CHECK(warns_of(running, "the host runs"));
}

TEST_CASE("an update that was cut off is an incident, and one that was refused is not") {
  const auto ended_as = [](const char* result) {
    return with_engine("hpe-dl360-gen10plus-ilo5", [&](json::Object& engine) {
      engine.set("State", "Error");
      engine.set("Result", *json::parse(result));
    });
  };
  const auto refused = ended_as(R"({"MessageId":"Base.1.18.ResourceAtUriInUnknownFormat","MessageArgs":["x"]})");
  CHECK(refused.incidents.empty());
  CHECK(warns_of(refused, "what lies at x has an unknown format"));
  const auto cut_off = ended_as(R"({"MessageId":"iLO.2.25.UpdateInterrupted"})");
  REQUIRE(cut_off.incidents.size() == 1);
  CHECK(cut_off.incidents[0].text.find("the update was interrupted") != std::string::npos);
  CHECK(ended_as("null").incidents.size() == 1);
}

TEST_CASE("an iLO without a licence for security says so by what it hides") {
  const auto host = with_engine("hpe-dl360-gen10plus-ilo5", [](json::Object& engine) {
    engine.erase("DowngradePolicy");
    engine.erase("FirmwareIntegrity");
  });
  CHECK(host.vendor_facts.count("hpe.unlicensed") == 1);
  CHECK(host.vendor_facts.count("hpe.integrity") == 0);
}

TEST_CASE("the fingerprint covers what an iLO keeps, and nothing that moves by itself") {
  const auto original = read_tree(tests::mockup_path("hpe-dl360-gen10plus-ilo5")).host;
  const std::string digest = inventory::fingerprint(original);
  auto later = original;
  later.staging->clock = original.staging->clock.value() + std::chrono::hours(1);
  later.staging->repository->free_bytes -= 1000;
  later.vendor_facts["hpe.integrity_time"] = "2026-01-01T00:00:00Z";
  later.vendor_facts["hpe.privileges"] = "LoginPriv";
  later.staging->agent.service_state = "Running";
  later.staging->queue.push_back({.step = {.name = "done"}, .state = inventory::QueueState::complete});
  CHECK(inventory::fingerprint(later) == digest);

  auto queued = original;
  queued.staging->queue.push_back({.step = {.name = "new"}});
  CHECK(inventory::fingerprint(queued) != digest);
  CHECK_FALSE(inventory::is_busy(queued));
  auto windowed = original;
  windowed.staging->windows.push_back({.name = "w"});
  CHECK(inventory::fingerprint(windowed) != digest);
  auto reordered = original;
  std::ranges::reverse(reordered.staging->install_sets[0].steps);
  CHECK(inventory::fingerprint(reordered) != digest);
  auto missing = original;
  missing.staging->repository->images.pop_back();
  CHECK(inventory::fingerprint(missing) != digest);
}

TEST_CASE("an empty software inventory says why") {
  const TreeCopy copy("hpe-dl360-gen10plus-ilo5");
  const auto original = read_tree(copy.root()).host;
  CHECK(original.software_note.find("Agentless Management Service") != std::string::npos);
  copy.set("/redfish/v1/Systems/1", "PowerState", "Off");
  CHECK(read_tree(copy.root()).host.software_note.find("the host is off") != std::string::npos);
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
  CHECK_FALSE(host.staging.has_value());
  REQUIRE(host.components.size() == 3);
  CHECK(host.find("SystemBMC")->version == "2.55 Aug 16 2017");
  CHECK(host.find("SystemBMC")->is_bmc);
  CHECK(host.find("SystemRomActive")->is_bios);
  CHECK(host.find("14e4168a@Slot-1") != nullptr);
}

}  // namespace
}  // namespace firmform

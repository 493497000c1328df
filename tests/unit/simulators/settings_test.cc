// SPDX-License-Identifier: Apache-2.0
// Settings, health and logs of simulated machines, and the faults that touch them.
#include "engine/base/text.h"
#include "tests/simulators/traits.h"
#include "tests/unit/simulators/desk.h"

namespace firmform::simulators {
namespace {

const std::string kSimpleUpdate = "/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate";
const std::string kImage = "http://fw.example/image.bin";

struct Places {
  std::string model;
  std::string system;
  std::string manager;
};

const std::vector<Places> kMachines{
    {"ilo5", "/redfish/v1/Systems/1", "/redfish/v1/Managers/1"},
    {"ilo7", "/redfish/v1/Systems/1", "/redfish/v1/Managers/1"},
    {"idrac9", "/redfish/v1/Systems/System.Embedded.1", "/redfish/v1/Managers/iDRAC.Embedded.1"},
    {"xcc", "/redfish/v1/Systems/1", "/redfish/v1/Managers/1"},
    {"redfish", "/redfish/v1/Systems/437XR1138R2", "/redfish/v1/Managers/BMC"}};

std::string linked(Desk& desk, const std::string& uri, const std::string& key) {
  return std::string(desk.body(uri)[key].text("@odata.id"));
}

std::string settings_object(Desk& desk, const std::string& uri) {
  return std::string(desk.body(uri)["@Redfish.Settings"]["SettingsObject"].text("@odata.id"));
}

void restart_host(Desk& desk, const std::string& system) {
  REQUIRE(desk.post(system + "/Actions/ComputerSystem.Reset", R"({"ResetType":"ForceRestart"})").status < 300);
  desk.pass(700);
}

/// Name of an attribute that is Enabled.
std::string some_attribute(const json::Value& bios) {
  for (const json::Member& member : bios["Attributes"].members()) {
    const std::string* text = member.value.as_string();
    if (text != nullptr && *text == "Enabled") return member.key;
  }
  return {};
}

void flash(Desk& desk, const std::string& model, const std::string& component) {
  const ModelTraits& traits = *find_traits(model);
  const ComponentTraits& part = component == "bmc" ? traits.bmc : traits.bios;
  desk.images[kImage] = make_image(model, component, std::string(part.next), 4096);
  REQUIRE(desk.post(kSimpleUpdate, R"({"ImageURI":"http://fw.example/image.bin"})").status < 300);
  desk.pass(900);
}

TEST_CASE("BIOS settings pend in their settings object until the host restarts") {
  for (const auto& [model, system, manager] : kMachines) {
    INFO(model);
    Desk desk(model);
    const std::string bios = linked(desk, system, "Bios");
    const std::string pending = settings_object(desk, bios);
    REQUIRE_FALSE(pending.empty());
    const std::string name = some_attribute(desk.body(bios));
    const bool dell = model == "idrac9";
    const std::string time = dell ? R"(,"@Redfish.SettingsApplyTime":{"ApplyTime":"OnReset"})" : "";
    const BmcResponse answer = desk.patch(pending, R"({"Attributes":{")" + name + R"(":"Disabled"})" + time + "}");
    CHECK(answer.status == (dell ? 202 : 200));
    CHECK(desk.body(bios)["Attributes"].text(name) == "Enabled");
    CHECK(desk.body(pending)["Attributes"].text(name) == "Disabled");
    restart_host(desk, system);
    CHECK(desk.body(bios)["Attributes"].text(name) == "Disabled");
    CHECK(desk.patch(bios, R"({"Attributes":{}})").status == 405);
  }
}

TEST_CASE("an iDRAC applies nothing without a job, and other services refuse an apply time that they do not offer") {
  Desk desk("idrac9");
  const std::string bios = "/redfish/v1/Systems/System.Embedded.1/Bios";
  const std::string name = some_attribute(desk.body(bios));
  CHECK(desk.patch(bios + "/Settings", R"({"Attributes":{")" + name + R"(":"Disabled"}})").status == 200);
  restart_host(desk, "/redfish/v1/Systems/System.Embedded.1");
  CHECK(desk.body(bios)["Attributes"].text(name) == "Enabled");
  CHECK(desk.patch(bios + "/Settings", R"({"Attributes":{},"@Redfish.SettingsApplyTime":{"ApplyTime":"Never"}})")
            .status == 400);
  Desk ilo("ilo6");
  const BmcResponse refused =
      ilo.patch("/redfish/v1/systems/1/bios/settings", R"({"@Redfish.SettingsApplyTime":{"ApplyTime":"OnReset"}})");
  CHECK(refused.status == 400);
}

TEST_CASE("an attribute that the BIOS does not have, or of another type, is refused") {
  Desk desk("ilo5");
  const std::string settings = "/redfish/v1/systems/1/bios/settings";
  CHECK(message_key(desk.patch(settings, R"({"Attributes":{"Gremlins":"Enabled"}})")) == "PropertyUnknown");
  const std::string name = some_attribute(desk.body("/redfish/v1/systems/1/bios"));
  CHECK(message_key(desk.patch(settings, R"({"Attributes":{")" + name + R"(":true}})")) == "PropertyValueTypeError");
}

TEST_CASE("services and interfaces of the BMC are changed at once") {
  for (const auto& [model, system, manager] : kMachines) {
    INFO(model);
    Desk desk(model);
    const std::string services = linked(desk, manager, "NetworkProtocol");
    const bool before = *desk.body(services)["IPMI"]["ProtocolEnabled"].as_bool();
    CHECK(
        desk.patch(services, before ? R"({"IPMI":{"ProtocolEnabled":false}})" : R"({"IPMI":{"ProtocolEnabled":true}})")
            .status == 200);
    CHECK(desk.body(services)["IPMI"]["ProtocolEnabled"].as_bool() == !before);
    const std::string interfaces = linked(desk, manager, "EthernetInterfaces");
    const std::string first(desk.body(interfaces)["Members"].items().at(0).text("@odata.id"));
    CHECK(desk.patch(first, R"({"VLAN":{"VLANEnable":false},"HostName":"other"})").status == 200);
    CHECK(desk.body(first)["VLAN"]["VLANEnable"].as_bool() == false);
    CHECK(desk.body(first)["VLAN"]["VLANId"].as_int() == 120);
    CHECK(desk.body(first).text("HostName") == "other");
    CHECK(message_key(desk.patch(first, R"({"MACAddress":"02:00:00:00:00:01"})")) == "PropertyNotWritable");
  }
}

TEST_CASE("the boot order is the system's, the settings object's, or fixed") {
  const std::string reversed = R"({"Boot":{"BootOrder":["Boot0002","Boot0003"]}})";
  Desk xcc("xcc");
  CHECK(xcc.patch("/redfish/v1/Systems/1", reversed).status == 400);
  CHECK(xcc.patch("/redfish/v1/Systems/1/Pending", reversed).status == 200);
  CHECK(xcc.body("/redfish/v1/Systems/1")["Boot"]["BootOrder"].items().front() == json::Value("Boot0003"));
  restart_host(xcc, "/redfish/v1/Systems/1");
  CHECK(xcc.body("/redfish/v1/Systems/1")["Boot"]["BootOrder"].items().front() == json::Value("Boot0002"));
  Desk ilo("ilo5");
  CHECK(message_key(ilo.patch("/redfish/v1/Systems/1", reversed)) == "PropertyNotWritable");
  Desk dell("idrac9");
  CHECK(
      dell.patch("/redfish/v1/Systems/System.Embedded.1", R"({"Boot":{"BootOrder":["Boot0001","Boot0000"]}})").status ==
      200);
}

TEST_CASE("an override for one boot is used up by it") {
  Desk desk("ilo5");
  CHECK(desk.patch("/redfish/v1/Systems/1",
                   R"({"Boot":{"BootSourceOverrideTarget":"Pxe","BootSourceOverrideEnabled":"Once"}})")
            .status == 200);
  CHECK(desk.body("/redfish/v1/Systems/1")["Boot"].text("BootSourceOverrideEnabled") == "Once");
  restart_host(desk, "/redfish/v1/Systems/1");
  CHECK(desk.body("/redfish/v1/Systems/1")["Boot"].text("BootSourceOverrideEnabled") == "Disabled");
}

TEST_CASE("H34: a flash may reset the settings of the BMC and its network, and what was set before is gone") {
  Desk desk("ilo5", R"([{"fault":"settings_reset"}])");
  const std::string services = "/redfish/v1/Managers/1/NetworkProtocol";
  const std::string first = "/redfish/v1/Managers/1/EthernetInterfaces/1";
  const std::string bios = "/redfish/v1/systems/1/bios";
  desk.patch(first, R"({"HostName":"mine"})");
  const bool ipmi = *desk.body(services)["IPMI"]["ProtocolEnabled"].as_bool();
  const json::Value attributes = desk.body(bios)["Attributes"];
  flash(desk, "ilo5", "bmc");
  CHECK(desk.body(services)["IPMI"]["ProtocolEnabled"].as_bool() == !ipmi);
  CHECK(desk.body(first).text("HostName") == "bmc");
  CHECK(desk.body(first)["DHCPv4"]["DHCPEnabled"].as_bool() == true);
  CHECK(desk.body(bios)["Attributes"] == attributes);
}

TEST_CASE("H34: a flash of the BIOS may reset its settings with the boot that runs it") {
  Desk desk("xcc", R"([{"fault":"settings_reset","after":"bios"}])");
  const std::string bios = "/redfish/v1/Systems/1/Bios";
  const json::Value before = desk.body(bios)["Attributes"];
  flash(desk, "xcc", "bios");
  CHECK(desk.body(bios)["Attributes"] == before);
  restart_host(desk, "/redfish/v1/Systems/1");
  CHECK_FALSE(desk.body(bios)["Attributes"] == before);
}

TEST_CASE("settings that cannot be written are refused") {
  Desk desk("redfish", R"([{"fault":"settings_read_only"}])");
  CHECK(desk.patch("/redfish/v1/Managers/BMC/NetworkProtocol", R"({"SSH":{"Port":2222}})").status == 405);
}

TEST_CASE("a machine may be ill from the start or after a flash, with entries in its log") {
  Desk desk("redfish",
            R"([{"fault":"illness","after":"bmc","system":"Critical","bmc":"Warning","sensor":"BaseBoard System Fan",
                 "log_entries":2}])");
  const std::string system = "/redfish/v1/Systems/437XR1138R2";
  const std::string entries = system + "/LogServices/SEL/Entries";
  const auto fan = [&] { return desk.body("/redfish/v1/Chassis/1U/Thermal")["Fans"].items().at(0)["Status"]; };
  CHECK(desk.body(system)["Status"].text("Health") == "OK");
  CHECK(desk.body(entries)["Members"].items().empty());
  flash(desk, "redfish", "bmc");
  CHECK(desk.body(system)["Status"].text("Health") == "Critical");
  CHECK(desk.body("/redfish/v1/Managers/BMC")["Status"].text("Health") == "Warning");
  CHECK(fan().text("Health") == "Critical");
  CHECK(desk.body(entries)["Members"].items().size() == 2);
  Desk ilo("ilo6", R"([{"fault":"illness","sensor":"Fan 3","sensor_health":"Warning"}])");
  CHECK(ilo.body("/redfish/v1/Chassis/1/Thermal")["Fans"].items().at(2)["Status"].text("Health") == "Warning");
}

TEST_CASE("a flash may hang the boots that follow it") {
  Desk desk("redfish", R"([{"fault":"post_hangs","boots":1}])");
  const std::string system = "/redfish/v1/Systems/437XR1138R2";
  flash(desk, "redfish", "bios");
  restart_host(desk, system);
  CHECK(desk.body(system)["BootProgress"].text("LastState") == "MemoryInitializationStarted");
  restart_host(desk, system);
  CHECK(desk.body(system)["BootProgress"].text("LastState") == "OSRunning");
  CHECK(desk.bmc->running_version("bios") == find_traits("redfish")->bios.next);
}

TEST_CASE("somebody else's task keeps the update service busy until it ends, if it does") {
  for (const std::string model : {"ilo6", "idrac9", "redfish"}) {
    INFO(model);
    Desk desk(model, R"([{"fault":"foreign_task","seconds":120,"name":"Firmware Update: Network"}])");
    const std::string task(desk.body("/redfish/v1/TaskService/Tasks")["Members"].items().at(0).text("@odata.id"));
    CHECK(desk.body(task).text("TaskState") == "Running");
    CHECK(desk.post(kSimpleUpdate, R"({"ImageURI":"http://fw.example/image.bin"})").status >= 400);
    desk.pass(121);
    CHECK(desk.body(task).text("TaskState") == "Completed");
    CHECK(desk.post(kSimpleUpdate, R"({"ImageURI":"http://fw.example/image.bin"})").status == 202);
  }
  Desk endless("redfish", R"([{"fault":"foreign_task"}])");
  endless.pass(100'000);
  CHECK(endless.body("/redfish/v1/TaskService/Tasks")["Members"].items().size() == 1);
  CHECK(endless.post(kSimpleUpdate, R"({"ImageURI":"http://fw.example/image.bin"})").status == 503);
}

TEST_CASE("a host whose power is touched too early after a flash has lost the flash") {
  Desk early("redfish", R"([{"fault":"power_must_hold","seconds":1200}])");
  const std::string system = "/redfish/v1/Systems/437XR1138R2";
  const std::string before = early.bmc->running_version("bios");
  flash(early, "redfish", "bios");
  restart_host(early, system);
  CHECK(early.bmc->running_version("bios") == before);
  CHECK(early.body(system)["Status"].text("Health") == "Critical");
  Desk patient("redfish", R"([{"fault":"power_must_hold","seconds":1200}])");
  flash(patient, "redfish", "bios");
  patient.pass(1200);
  restart_host(patient, system);
  CHECK(patient.bmc->running_version("bios") == find_traits("redfish")->bios.next);
}

TEST_CASE("after a restart a BMC may answer every other request only") {
  Desk desk("redfish", R"([{"fault":"unstable_after_restart","seconds":30}])");
  desk.post("/redfish/v1/Managers/BMC/Actions/Manager.Reset", R"({"ResetType":"ForceRestart"})");
  desk.pass(93);
  CHECK(desk.get("/redfish/v1/Managers").status == 503);
  CHECK(desk.get("/redfish/v1/Managers").status == 200);
  CHECK(desk.get("/redfish/v1/Managers").status == 503);
  desk.pass(30);
  CHECK(desk.get("/redfish/v1/Managers").status == 200);
  CHECK(desk.get("/redfish/v1/Managers").status == 200);
}

TEST_CASE("a task may show a strange state, be over at once, or claim an end that it has not come to") {
  Desk strange("redfish", R"([{"fault":"task_state","state":"New"}])");
  strange.images[kImage] = make_image("redfish", "bmc", "1.46.512c02-rev1", 4096);
  strange.post(kSimpleUpdate, R"({"ImageURI":"http://fw.example/image.bin"})");
  strange.pass(30);
  CHECK(strange.body("/redfish/v1/TaskService/Tasks/1").text("TaskState") == "New");
  Desk quick("redfish", R"([{"fault":"quick_tasks"}])");
  quick.images[kImage] = make_image("redfish", "bios", "P79 v1.50", 4096);
  quick.post(kSimpleUpdate, R"({"ImageURI":"http://fw.example/image.bin"})");
  quick.pass(1);
  CHECK(quick.body("/redfish/v1/TaskService/Tasks/1").text("TaskState") == "Completed");
  for (const std::string model : {"redfish", "ilo6", "idrac9"}) {
    INFO(model);
    Desk blocked(model, R"([{"fault":"blocked_updates"}])");
    const std::string before = blocked.bmc->running_version("bmc");
    flash(blocked, model, "bmc");
    const json::Value tasks = blocked.body("/redfish/v1/TaskService/Tasks")["Members"];
    for (const json::Value& member : tasks.items()) {
      const json::Value task = blocked.body(std::string(member.text("@odata.id")));
      CHECK(task.text("TaskState") == "Completed");
      CHECK(task.text("TaskStatus") == "Warning");
    }
    CHECK(blocked.bmc->running_version("bmc") == before);
    CHECK(blocked.bmc->flashes() == 0);
  }
}

}  // namespace
}  // namespace firmform::simulators

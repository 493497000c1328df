// SPDX-License-Identifier: Apache-2.0
// Settings and health as they are read of captured resources, and the requests that put settings back. Pure.
#include "providers/redfish/settings.h"

#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/base/text.h"
#include "providers/dell/dell.h"
#include "providers/hpe/dialect.h"
#include "providers/redfish/health.h"
#include "providers/redfish/log.h"
#include "tests/support/golden.h"

namespace firmform::redfish {
namespace {

using inventory::Setting;
using inventory::Settings;

json::Value parsed(const std::string& text) {
  return *json::parse(text);
}

json::Value captured(const std::string& path) {
  return parsed(tests::read_text(std::filesystem::path(FIRMFORM_TESTS_DIR) / "mockups" / path / "index.json"));
}

const Setting* find(const Settings& settings, std::string_view name) {
  const auto found = std::ranges::find(settings, name, &Setting::name);
  return found == settings.end() ? nullptr : &*found;
}

Settings changed(Settings settings, std::string_view name, std::string value) {
  for (Setting& setting : settings) {
    if (setting.name == name) setting.value = value;
  }
  return settings;
}

const std::string kIlo5 = "hpe-dl360-gen10plus-ilo5/redfish/v1/";
const std::string kDell = "dell-r750-idrac9/redfish/v1/";
const std::string kLenovo = "lenovo-sr670v2-xcc/redfish/v1/";
const std::string kDmtf = "dmtf-public-rackmount1/redfish/v1/";

Settings bios_of(const std::string& path) {
  Settings settings;
  add_bios(captured(path), settings);
  return settings;
}

TEST_CASE("H34: BIOS settings are read where they run and changed in their settings object") {
  const Settings settings = bios_of(kIlo5 + "Systems/1/bios");
  CHECK(settings.size() > 250);
  const Setting* mode = find(settings, "/Attributes/BootMode");
  REQUIRE(mode != nullptr);
  CHECK(mode->category == "bios");
  CHECK(mode->uri == "/redfish/v1/systems/1/bios/settings");
  CHECK(mode->value == R"("Uefi")");
  CHECK(mode->writable);
  CHECK(find(bios_of(kDell + "Systems/System.Embedded.1/Bios"), "/Attributes/AcPwrRcvryUserDelay")->value == "120");
}

TEST_CASE("nothing that could be a secret is among the settings of any captured machine") {
  Settings all;
  for (const std::string& bios : {kIlo5 + "Systems/1/bios", kDell + "Systems/System.Embedded.1/Bios",
                                  kLenovo + "Systems/1/Bios", kDmtf + "Systems/437XR1138R2/Bios"}) {
    add_bios(captured(bios), all);
  }
  for (const std::string& services :
       {kIlo5 + "Managers/1/NetworkProtocol", kDell + "Managers/iDRAC.Embedded.1/NetworkProtocol",
        kLenovo + "Managers/1/NetworkProtocol", kDmtf + "Managers/BMC/NetworkProtocol"}) {
    add_services(captured(services), all);
  }
  CHECK(all.size() > 1000);
  for (const Setting& setting : all) {
    const std::string name = to_lower(setting.name);
    INFO(setting.name);
    for (const char* word : {"password", "secret", "community", "key", "smtpauthpw"}) {
      CHECK(name.find(word) == std::string::npos);
    }
    CHECK(setting.value.find("CommunityString") == std::string::npos);
  }
}

TEST_CASE("what a flash changes rightly is no setting") {
  const Settings dell = bios_of(kDell + "Systems/System.Embedded.1/Bios");
  CHECK(find(dell, "/Attributes/SystemBiosVersion") == nullptr);
  CHECK(find(dell, "/Attributes/Proc1Microcode") == nullptr);
  CHECK(find(dell, "/Attributes/OneTimeBootMode") == nullptr);
  const Settings lenovo = bios_of(kLenovo + "Systems/1/Bios");
  CHECK(find(lenovo, "/Attributes/MellanoxNetworkAdapter_A088C2C36F6E__Slot15_FamilyFirmwareVersion") == nullptr);
  CHECK(find(lenovo, "/Attributes/MellanoxNetworkAdapter_A088C2C36F6E__Slot15_LinkStatus") == nullptr);
}

TEST_CASE("facts of the machine are compared and never written") {
  const Settings dell = bios_of(kDell + "Systems/System.Embedded.1/Bios");
  REQUIRE(find(dell, "/Attributes/SysMemSize") != nullptr);
  CHECK_FALSE(find(dell, "/Attributes/SysMemSize")->writable);
  CHECK(find(dell, "/Attributes/AesNi")->writable);
  CHECK(put_back(dell, changed(dell, "/Attributes/SysMemSize", R"("256 GB")"), {}).empty());
}

TEST_CASE("the boot order goes where the service takes it") {
  Settings ilo;
  add_boot(captured(kIlo5 + "Systems/1"), hpe::dialect().quirks, ilo);
  REQUIRE(ilo.size() == 1);
  CHECK(ilo[0].name == "/Boot/BootOrder");
  CHECK_FALSE(ilo[0].writable);
  Settings xcc;
  add_boot(captured(kLenovo + "Systems/1"), {}, xcc);
  CHECK(find(xcc, "/Boot/BootOrder")->uri == "/redfish/v1/Systems/1/Pending");
  CHECK(find(xcc, "/Boot/AutomaticRetryConfig")->uri == "/redfish/v1/Systems/1");
  Settings dell;
  add_boot(captured(kDell + "Systems/System.Embedded.1"), dell::dialect().quirks, dell);
  CHECK(find(dell, "/Boot/BootOrder")->uri == "/redfish/v1/Systems/System.Embedded.1");
  CHECK(find(dell, "/Boot/BootOrder")->writable);
}

TEST_CASE("a boot override counts only when it lasts") {
  const auto with = [](const std::string& enabled) {
    Settings settings;
    add_boot(parsed(R"({"@odata.id":"/redfish/v1/Systems/1","Boot":{"BootSourceOverrideEnabled":")" + enabled +
                    R"(","BootSourceOverrideTarget":"Pxe"}})"),
             {}, settings);
    return settings;
  };
  CHECK(with("Once").empty());
  CHECK(with("Disabled").empty());
  CHECK(with("Continuous").size() == 2);
  const auto requests = put_back(with("Continuous"), with("Disabled"), {});
  REQUIRE(requests.size() == 1);
  CHECK(json::dump(requests[0].body) ==
        R"({"Boot":{"BootSourceOverrideEnabled":"Continuous","BootSourceOverrideTarget":"Pxe"}})");
}

TEST_CASE("services of the BMC are settings, its names are the network's, and what the vendor added is only compared") {
  Settings settings;
  add_services(captured(kIlo5 + "Managers/1/NetworkProtocol"), settings);
  CHECK(find(settings, "/IPMI/ProtocolEnabled")->value == "false");
  CHECK(find(settings, "/SSH/Port")->value == "22");
  CHECK(find(settings, "/HostName")->category == "network");
  CHECK(find(settings, "/Oem/Hpe/RemoteSyslogEnabled") != nullptr);
  CHECK_FALSE(find(settings, "/Oem/Hpe/RemoteSyslogEnabled")->writable);
  CHECK(find(settings, "/Oem/Hpe/ConfigurationSettings") == nullptr);
  CHECK(find(settings, "/Status/State") == nullptr);
  Settings lenovo;
  add_services(captured(kLenovo + "Managers/1/NetworkProtocol"), lenovo);
  CHECK(find(lenovo, "/NTP/NTPServers")->value == "[]");
  CHECK(
      std::ranges::none_of(lenovo, [](const Setting& s) { return s.name.find("Certificates") != std::string::npos; }));
}

constexpr const char* kInterface =
    R"({"@odata.id":"/redfish/v1/Managers/1/EthernetInterfaces/1","InterfaceEnabled":true,
  "LinkStatus":"LinkUp","AutoNeg":true,"SpeedMbps":1000,"HostName":"bmc-7","MACAddress":"02:00:00:00:00:01",
  "DHCPv4":{"DHCPEnabled":false},"VLAN":{"VLANEnable":true,"VLANId":7},"NameServers":["10.0.0.2"],
  "StaticNameServers":["10.0.0.2"],"IPv4StaticAddresses":[{"Address":"10.0.0.9","SubnetMask":"255.255.255.0"}],
  "IPv4Addresses":[{"Address":"10.0.0.9","AddressOrigin":"Static"},{"Address":"169.254.1.1","AddressOrigin":"DHCP"}]})";

TEST_CASE("an interface's settings are what somebody set, not what the network gave it") {
  Settings settings;
  add_interface(parsed(kInterface), settings);
  CHECK(find(settings, "/VLAN/VLANId")->value == "7");
  CHECK(find(settings, "/DHCPv4/DHCPEnabled")->value == "false");
  CHECK(find(settings, "/IPv4StaticAddresses")->value.find("10.0.0.9") != std::string::npos);
  CHECK(find(settings, "/IPv4Addresses") == nullptr);
  CHECK_FALSE(find(settings, "/MACAddress")->writable);
  for (const char* reading : {"/LinkStatus", "/SpeedMbps", "/NameServers"}) CHECK(find(settings, reading) == nullptr);
}

TEST_CASE("an older interface is told its fixed addresses where it shows them") {
  json::Value older = parsed(kInterface);
  older.object().erase("IPv4StaticAddresses");
  Settings settings;
  add_interface(older, settings);
  REQUIRE(find(settings, "/IPv4Addresses") != nullptr);
  CHECK(find(settings, "/IPv4Addresses")->writable);
  CHECK(find(settings, "/IPv4Addresses")->value.find("169.254") == std::string::npos);
}

TEST_CASE("only what differs is put back, in one request for each resource, the network last") {
  Settings wanted = bios_of(kDmtf + "Systems/437XR1138R2/Bios");
  add_interface(parsed(kInterface), wanted);
  add_services(captured(kDmtf + "Managers/BMC/NetworkProtocol"), wanted);
  CHECK(put_back(wanted, wanted, {}).empty());
  Settings present = changed(wanted, "/Attributes/UsbControl", R"("UsbDisabled")");
  present = changed(present, "/Attributes/ProcCoreDisable", "2");
  present = changed(present, "/VLAN/VLANEnable", "false");
  present = changed(present, "/SSH/Port", "2222");
  const auto requests = put_back(wanted, present, {});
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].method == http::Method::patch);
  CHECK(requests[0].target == "/redfish/v1/Systems/437XR1138R2/Bios/Settings");
  CHECK(json::dump(requests[0].body) == R"({"Attributes":{"ProcCoreDisable":0,"UsbControl":"UsbEnabled"}})");
  CHECK(json::dump(requests[1].body) == R"({"SSH":{"Port":22}})");
  CHECK(requests[2].target == "/redfish/v1/Managers/1/EthernetInterfaces/1");
  CHECK(json::dump(requests[2].body) == R"({"VLAN":{"VLANEnable":true}})");
}

TEST_CASE("an iDRAC's pending settings come with the time of their job") {
  const Settings wanted = bios_of(kDell + "Systems/System.Embedded.1/Bios");
  const Settings present = changed(wanted, "/Attributes/AesNi", R"("Disabled")");
  const auto requests = put_back(wanted, present, dell::dialect().quirks);
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].body["@Redfish.SettingsApplyTime"].text("ApplyTime") == "OnReset");
  CHECK(requests[0].body["Attributes"].text("AesNi") == "Enabled");
}

TEST_CASE("an attribute that new firmware no longer has is not put back") {
  const Settings wanted = {{.category = "bios", .uri = "/b", .name = "/Attributes/Old", .value = "1"}};
  CHECK(put_back(wanted, {}, {}).empty());
}

TEST_CASE("names with slashes and tildes survive their pointers") {
  Settings settings;
  add_bios(parsed(R"({"@odata.id":"/b","@Redfish.Settings":{"SettingsObject":{"@odata.id":"/b/s"}},
                      "Attributes":{"a/b~c":1}})"),
           settings);
  REQUIRE(settings.size() == 1);
  CHECK(settings[0].name == "/Attributes/a~1b~0c");
  const auto requests = put_back(settings, changed(settings, "/Attributes/a~1b~0c", "2"), {});
  CHECK(json::dump(requests.at(0).body) == R"({"Attributes":{"a/b~c":1}})");
}

// --- health ---

std::map<std::string, std::string> sensors_of(const json::Value& resource) {
  std::map<std::string, std::string> sensors;
  note_sensors(resource, sensors);
  return sensors;
}

TEST_CASE("sensors that are well, absent or silent are left out") {
  CHECK(sensors_of(captured(kIlo5 + "Chassis/1/Thermal")).empty());
  CHECK(sensors_of(captured(kDell + "Chassis/System.Embedded.1/Power")).empty());
  CHECK(sensors_of(captured(kDmtf + "Chassis/1U/Power")) ==
        std::map<std::string, std::string>{{"Power Supply Bay", "Warning"}});
  CHECK(sensors_of(parsed(R"({"Fans":[{"Name":"Fan 1","Status":{"Health":"Critical","State":"Absent"}},
                                      {"Name":"Fan 2","Status":{"State":"Enabled"}}]})"))
            .empty());
}

TEST_CASE("supplies of one name are told apart, and the worse of two values counts") {
  const auto sensors = sensors_of(parsed(R"({"PowerSupplies":[
      {"Name":"PSU","MemberId":"0","Status":{"Health":"OK","State":"Enabled"}},
      {"Name":"PSU","MemberId":"1","Status":{"Health":"Critical","State":"Enabled"}}]})"));
  CHECK(sensors == std::map<std::string, std::string>{{"PSU 1", "Critical"}});
  CHECK(worse_health("OK", "Warning") == "Warning");
  CHECK(worse_health("Critical", "Warning") == "Critical");
  CHECK(worse_health("", "OK") == "OK");
  CHECK(sensors_of(parsed(R"({"Name":"Fan 7","Status":{"Health":"Warning","State":"Enabled"}})")).size() == 1);
}

Resources resources_of(const std::string& system, const std::string& manager) {
  Resources resources;
  resources.system = captured(system);
  resources.manager = captured(manager);
  return resources;
}

TEST_CASE("health is that of the system with its parts, of the BMC, and of POST in the vendor's words") {
  const auto dmtf = health_of(resources_of(kDmtf + "Systems/437XR1138R2", kDmtf + "Managers/BMC"), standard_dialect());
  CHECK(dmtf.system == "Warning");
  CHECK(dmtf.bmc == "OK");
  CHECK(dmtf.post == "OSRunning");
  const auto ilo = health_of(resources_of(kIlo5 + "Systems/1", kIlo5 + "Managers/1"), hpe::dialect());
  CHECK(ilo.system == "OK");
  CHECK(ilo.post == "FinishedPost");
  Resources sick = resources_of(kIlo5 + "Systems/1", kIlo5 + "Managers/1");
  sick.system = parsed(R"({"Status":{"Health":"OK"},"MemorySummary":{"Status":{"HealthRollup":"Critical"}},
      "Oem":{"Hpe":{"AggregateHealthStatus":{"Storage":{"Status":{"Health":"Warning"}},"Fans":{"Status":{"Health":"OK"}}}}}})");
  CHECK(health_of(sick, hpe::dialect()).sensors ==
        std::map<std::string, std::string>{{"memory", "Critical"}, {"storage", "Warning"}});
}

TEST_CASE("warnings and worse are counted, and only when they are dated") {
  const auto entry = [](std::optional<UtcTime> at, const char* severity) {
    return LogEntry{.log = "l", .id = "1", .at = at, .severity = severity, .code = {}, .text = {}};
  };
  const std::vector<LogEntry> entries = {entry(UtcTime{}, "OK"), entry(UtcTime{}, "Caution"),
                                         entry(UtcTime{}, "Critical"), entry(UtcTime{}, "Warning"),
                                         entry(std::nullopt, "Critical")};
  CHECK(count_warnings(entries) == 3);
}

TEST_CASE("logs of events are told from those of audits, consoles and users") {
  const auto is_log = [](const char* text) { return is_event_log(parsed(text)); };
  CHECK(is_log(R"({"Id":"Sel","LogEntryType":"SEL"})"));
  CHECK(is_log(R"({"Id":"EventLog","LogEntryType":"Event"})"));
  CHECK(is_log(R"({"Id":"StandardLog"})"));
  CHECK_FALSE(is_log(R"({"Id":"Lclog","LogEntryType":"Event"})"));
  CHECK_FALSE(is_log(R"({"Id":"AuditLog"})"));
  CHECK_FALSE(is_log(R"({"Id":"Sel","LogEntryType":"SEL","ServiceEnabled":false})"));
}

}  // namespace
}  // namespace firmform::redfish

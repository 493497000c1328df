// SPDX-License-Identifier: Apache-2.0
// ilo.md 2, 8, 11, 12, 13: the queue at work, event logs, licence and privileges, and flashes that are cut off.
#include "tests/unit/simulators/ilo_service.h"

namespace firmform::simulators {
namespace {

const std::string kQueueUri = kService + "/UpdateTaskQueue";
const std::string kSystemReset = "/redfish/v1/Systems/1/Actions/Oem/Hpe/HpeComputerSystemExt.SystemReset";

BmcResponse queue(Desk& desk, const std::string& name, const std::string& file, const std::string& more = "") {
  return desk.post(kQueueUri,
                   fmt::format(R"({{"Name":"{}","Command":"ApplyUpdate","Filename":"{}"{}}})", name, file, more));
}

json::Value entry(Desk& desk, const std::string& name) {
  return desk.body(fmt::format("{}/{}", kQueueUri, ilo_object_id(name)));
}

std::string entry_state(Desk& desk, const std::string& name) {
  return std::string(entry(desk, name).text("State"));
}

std::string post_state(Desk& desk) {
  return std::string(desk.body("/redfish/v1/Systems/1")["Oem"]["Hpe"].text("PostState"));
}

json::Value log_entry(Desk& desk, const std::string& log, const std::string& message_id) {
  const json::Value entries = desk.body(log + "/Entries");
  for (const json::Value& each : entries["Members"].items()) {
    if (each.text("MessageId") == message_id) return each;
  }
  return {};
}

// --- the queue drives the machine ---

TEST_CASE("an entry for the iLO itself flashes, restarts it, and is complete when it is back") {
  Desk desk("ilo6");
  const std::string file = "ilo6_168.bin";
  keep_file(desk, file, make_image("ilo6", "bmc", "1.68", 4096));
  REQUIRE(queue(desk, "ilo", file, R"(,"UpdatableBy":["Bmc"])").status == 201);
  CHECK(entry(desk, "ilo").text("Component") == component_uri(file));
  CHECK(desk.body(component_uri(file))["Locked"].as_bool() == true);
  desk.pass(100);
  CHECK(entry_state(desk, "ilo") == "InProgress");
  CHECK(service_state(desk) == "Updating");
  CHECK(service(desk)["FlashProgressPercent"].as_int().value_or(0) > 10);
  desk.pass(250);
  CHECK(desk.bmc->running_version("bmc") == "1.68 Sep 15 2025");
  CHECK(desk.bmc->bmc_restarts() == 1);
  CHECK(entry_state(desk, "ilo") == "Complete");
  CHECK(desk.bmc->flashes() == 1);
  CHECK(desk.send(http::Method::delete_, kQueueUri + "/" + ilo_object_id("ilo"), desk.credentials()).status == 200);
  CHECK(desk.body(component_uri(file))["Locked"].as_bool() == false);
}

TEST_CASE("what the iLO has written waits for the restart that activates it") {
  Desk desk("ilo5");
  keep_file(desk, "rom.signed.flash", make_image("ilo5", "bios", "U46 v2.36 (07/10/2025)", 4096));
  keep_file(desk, "cpld.vme", make_image("ilo5", "cpld", "0x16", 4096));
  REQUIRE(queue(desk, "rom", "rom.signed.flash", R"(,"UpdatableBy":["Bmc"],"TPMOverride":true)").status == 201);
  REQUIRE(queue(desk, "cpld", "cpld.vme", R"(,"UpdatableBy":["Bmc"],"TPMOverride":true)").status == 201);
  desk.pass(300);
  CHECK(entry_state(desk, "rom") == "Complete");
  CHECK(entry_state(desk, "cpld") == "Complete");
  CHECK(desk.bmc->flashes() == 2);
  CHECK(desk.bmc->running_version("bios") == "U46 v2.34 (03/11/2025)");
  CHECK(desk.bmc->running_version("cpld") == "0x15");
  REQUIRE(desk.post(kServerReset, R"({"ResetType":"ForceRestart"})").status == 200);
  desk.pass(300);
  CHECK(item(desk, "Description", "SystemRomActive").text("Version") == "U46 v2.36 (07/10/2025)");
  // A restart is not enough for programmable logic.
  CHECK(item(desk, "Description", "SystemProgrammableLogicDevice").text("Version") == "0x15");
  REQUIRE(desk.post(kSystemReset, R"({"ResetType":"AuxCycle"})").status == 200);
  desk.pass(400);
  CHECK(item(desk, "Description", "SystemProgrammableLogicDevice").text("Version") == "0x16");
}

TEST_CASE("an entry for UEFI runs in POST, holds it up, and is active after one more reset") {
  const auto [model, part, version, description] = GENERATE(table<std::string, std::string, std::string, std::string>(
      {{"ilo5", "sps", "4.4.4.702", "SPSFirmwareVersionData"},
       {"ilo6", "sps", "6.1.4.89.0", "SPSFirmwareVersionData"},
       {"ilo7", "pdt", "2.4.0 Build 3", "PlatformDefinitionTable"}}));
  INFO(model);
  Desk desk(model);
  const std::string file = package_file_name(model, part, version);
  const std::string before(item(desk, "Description", description).text("Version"));
  keep_file(desk, file, make_fwpkg(model, part, version, 4096).value());
  REQUIRE(queue(desk, "uefi", file, R"(,"TPMOverride":true)").status == 201);
  desk.pass(600);
  CHECK(entry_state(desk, "uefi") == "Pending");
  CHECK(desk.bmc->flashes() == 0);
  REQUIRE(desk.post(kServerReset, R"({"ResetType":"ForceRestart"})").status == 200);
  desk.pass(60);
  CHECK(entry_state(desk, "uefi") == "InProgress");
  CHECK(post_state(desk) == "InPost");
  CHECK(item(desk, "Description", description).text("Version") == before);
  desk.pass(1200);
  CHECK(entry_state(desk, "uefi") == "Complete");
  CHECK(desk.bmc->host_boots() == 2);
  CHECK(desk.bmc->flashes() == 1);
  CHECK(item(desk, "Description", description).text("Version") == version);
  CHECK(log_entry(desk, kIml, "32.2").text("Message") ==
        fmt::format("Firmware flashed ({} {})", item(desk, "Description", description).text("Name"), version));
}

TEST_CASE("a TPM stops an entry without the override, and with it everything behind") {
  Desk desk("ilo7");
  keep_file(desk, "rom.signed.flash", make_image("ilo7", "bios", "U72 v1.40 (05/22/2025)", 4096));
  keep_file(desk, "ilo7.bin", make_image("ilo7", "bmc", "1.14.00", 4096));
  REQUIRE(queue(desk, "rom", "rom.signed.flash", R"(,"UpdatableBy":["Bmc"])").status == 201);
  REQUIRE(queue(desk, "ilo", "ilo7.bin", R"(,"UpdatableBy":["Bmc"])").status == 201);
  desk.pass(600);
  CHECK(entry_state(desk, "rom") == "Exception");
  CHECK(entry(desk, "rom")["Result"].text("MessageId").ends_with("FWFlashTPMOverrideFlagRequired"));
  CHECK(entry_state(desk, "ilo") == "Pending");
  CHECK(desk.bmc->flashes() == 0);
}

TEST_CASE("the recovery set goes into the queue and is installed in its order") {
  Desk desk("ilo7", R"([{"fault":"tpm","enabled":false}])");
  const json::Value set = desk.body(kService + "/InstallSets/a74b22b6");
  const std::string target(set["Actions"]["#HpeComponentInstallSet.Invoke"].text("target"));
  REQUIRE(desk.post(target, R"({"ClearTaskQueue":true})").status == 200);
  CHECK(desk.body(kQueueUri)["Members"].items().size() == 6);
  desk.pass(3000);
  const json::Value entries = desk.body(kQueueUri);
  for (const json::Value& member : entries["Members"].items()) {
    CHECK(desk.body(std::string(member.text("@odata.id"))).text("State") == "Complete");
  }
  CHECK(desk.bmc->flashes() == 5);
  CHECK(desk.bmc->bmc_restarts() == 1);
  CHECK(desk.bmc->host_boots() == 1);
}

TEST_CASE("a file that is for another machine is stored, and its entry fails") {
  Desk desk("ilo6");
  keep_file(desk, "ilo5_312.bin", make_image("ilo5", "bmc", "3.12", 4096));
  REQUIRE(queue(desk, "foreign", "ilo5_312.bin", R"(,"UpdatableBy":["Bmc"])").status == 201);
  desk.pass(10);
  CHECK(entry_state(desk, "foreign") == "Exception");
  CHECK(desk.bmc->flashes() == 0);
}

TEST_CASE("a package below the version that it builds on is refused when it is installed") {
  Desk desk("ilo6");
  desk.images[kMirror + "ilo6.fwpkg"] = make_fwpkg("ilo6", "bmc", "1.68", 4096, "1.67").value();
  CHECK(add_from_uri(desk, "ilo6.fwpkg", "").status == 202);
  desk.pass(60);
  CHECK(service_state(desk) == "Error");
  CHECK(desk.bmc->flashes() == 0);
}

TEST_CASE("expanded collections may hold links alone") {
  Desk full("ilo7");
  CHECK(full.body(kStore + "?$expand=.")["Members"].items().front().find("Filename") != nullptr);
  CHECK(full.body(kStore + "?$expand=.")["Members"].items().front().find("@odata.etag") == nullptr);
  Desk stubs("ilo7", R"([{"fault":"expand_stubs"}])");
  CHECK(stubs.body(kStore + "?$expand=.")["Members"].items().front().members().size() == 1);
  CHECK(stubs.body(kService + "/FirmwareInventory?$expand=.")["Members"].items().front().members().size() > 1);
}

TEST_CASE("an iLO may refuse every push with an empty 400") {
  Desk desk("ilo6", R"([{"fault":"push_refused_empty"}])");
  desk.log_in();
  const BmcResponse refused = push_file(desk, "ilo6_168.bin", make_image("ilo6", "bmc", "1.68", 4096));
  CHECK(refused.status == 400);
  CHECK(refused.body.empty());
  desk.images[kMirror + "ilo6_168.bin"] = make_image("ilo6", "bmc", "1.68", 4096);
  CHECK(add_from_uri(desk, "ilo6_168.bin").status == 202);
}

TEST_CASE("the queue takes as many entries as it is said to") {
  Desk desk("ilo5", R"([{"fault":"queue_limit","entries":1}])");
  CHECK(desk.post(kQueueUri, R"({"Name":"a","Command":"Wait","WaitTimeSeconds":60,"UpdatableBy":["Uefi"]})").status ==
        201);
  CHECK(message_key(
            desk.post(kQueueUri, R"({"Name":"b","Command":"Wait","WaitTimeSeconds":60,"UpdatableBy":["Uefi"]})")) ==
        "UpdateTaskQueueFull");
}

TEST_CASE("an agent shows itself, and works on entries that are for it") {
  Desk none("ilo5");
  CHECK(none.get("/redfish/v1/Systems/1/hpsut").status == 404);
  Desk desk("ilo5", R"([{"fault":"agent","mode":"AutoDeploy"}])");
  const json::Value system = desk.body("/redfish/v1/Systems/1");
  const json::Value agent = desk.body(std::string(system["Oem"]["Hpe"]["Links"]["SUT"].text("@odata.id")));
  CHECK(agent.text("Mode") == "AutoDeploy");
  keep_file(desk, "cp1.exe.zip", make_fwpkg("ilo5", "bmc", "3.12", 4096).value());
  REQUIRE(queue(desk, "by-agent", "cp1.exe.zip", R"(,"UpdatableBy":["RuntimeAgent"])").status == 201);
  desk.pass(1200);
  CHECK(entry_state(desk, "by-agent") == "Complete");
  CHECK(desk.bmc->running_version("bmc") == "3.12 Sep 15 2025");
}

// --- actions, licence, privileges ---

TEST_CASE("the update service offers its eight actions of HPE's, and no more") {
  const std::string model = GENERATE("ilo5", "ilo6", "ilo7");
  Desk desk(model);
  std::vector<std::string> names;
  const json::Value actions = service(desk)["Actions"];
  for (const json::Member& action : actions.members()) names.push_back(action.key);
  CHECK(names.size() == 8);
  CHECK(desk.post(kServiceActions + "DeleteMaintenanceWindows", "").status == 200);
  CHECK(desk.post(kServiceActions + "DeleteUpdateTaskQueueItems", "{}").status == 200);
  CHECK(message_key(desk.post(kServiceActions + "DeleteUpdateTaskQueueItems", R"({"All":true})")) ==
        "ActionParameterUnknown");
  CHECK(desk.post(kServiceActions + "SetDefaultLanguage", R"({"Language":"en"})").status == 200);
  CHECK(desk.post(kServiceActions + "RemoveLanguagePack", R"({"Language":"ja"})").status == 400);
  CHECK(desk.post(kServiceActions + "DeleteInstallSets", "{}").status == 200);
  CHECK(desk.get(kService + "/InstallSets/a74b22b6").status == 200);
  CHECK(desk.post(kServiceActions + "DeleteInstallSets", R"({"IncludeRecoverySet":true})").status == 200);
  CHECK(desk.get(kService + "/InstallSets/a74b22b6").status == 404);
}

TEST_CASE("an integrity check takes a while, and nothing is uploaded or installed meanwhile") {
  Desk desk("ilo5");
  const std::string before(service(desk)["FirmwareIntegrity"].text("LastScanTime"));
  CHECK(desk.post(kServiceActions + "StartFirmwareIntegrityCheck", "").status == 200);
  CHECK(desk.post(kServiceActions + "StartFirmwareIntegrityCheck", "").status == 400);
  desk.images[kMirror + "x.bin"] = make_image("ilo5", "bmc", "3.12", 4096);
  CHECK(add_from_uri(desk, "x.bin").status == 400);
  desk.pass(30);
  CHECK(service(desk)["FirmwareIntegrity"].text("LastScanTime") == before);
  desk.pass(40);
  CHECK(service(desk)["FirmwareIntegrity"].text("LastScanTime") == "2026-11-22T00:01:00Z");
  CHECK(service(desk)["FirmwareIntegrity"].text("LastScanResult") == "OK");
  CHECK(add_from_uri(desk, "x.bin").status == 202);
}

TEST_CASE("without a licence two properties are absent, and what needs one is refused") {
  Desk desk("ilo7", R"([{"fault":"unlicensed"}])");
  CHECK(service(desk).find("DowngradePolicy") == nullptr);
  CHECK(service(desk).find("FirmwareIntegrity") == nullptr);
  CHECK(message_key(desk.post(kServiceActions + "StartFirmwareIntegrityCheck", "{}")) == "LicenseKeyRequired");
  CHECK(message_key(desk.patch(kService, R"({"Oem":{"Hpe":{"DowngradePolicy":"NoDowngrade"}}})")) ==
        "LicenseKeyRequired");
  CHECK(desk.patch(kService, R"({"Oem":{"Hpe":{"Accept3rdPartyFirmware":true}}})").status == 200);
}

TEST_CASE("an account without privileges sees that in its session, and changes nothing") {
  Desk desk("ilo6", R"([{"fault":"privileges","names":["LoginPriv"]}])");
  desk.log_in();
  const json::Value shown = desk.body(desk.session)["Oem"]["Hpe"]["Privileges"];
  CHECK(shown["LoginPriv"].as_bool() == true);
  CHECK(shown["iLOConfigPriv"].as_bool() == false);
  CHECK(shown["VirtualPowerAndResetPriv"].as_bool() == false);
  CHECK(message_key(add_from_uri(desk, "x.bin")) == "InsufficientPrivilege");
  CHECK(message_key(desk.post(kServerReset, R"({"ResetType":"ForceRestart"})")) == "InsufficientPrivilege");
  CHECK(desk.post("/redfish/v1/Managers/1/Actions/Manager.Reset", "{}").status == 403);
  CHECK(desk.patch(kService, R"({"Oem":{"Hpe":{"Accept3rdPartyFirmware":true}}})").status == 403);
  CHECK(queue(desk, "a", "ilo6_166.bin").status == 403);
  const BmcResponse push = push_file(desk, "x.bin", "x");
  CHECK(push.status == 400);
  CHECK(push.body.empty());
  CHECK(desk.get(kStore).status == 200);
}

TEST_CASE("with RecoveryDowngrade only those with the recovery privilege go back") {
  const auto [names, result] =
      GENERATE(table<std::string, std::string>({{R"(["LoginPriv","iLOConfigPriv"])", "DowngradeNotAllowed"},
                                                {R"(["LoginPriv","iLOConfigPriv","SystemRecoveryConfigPriv"])", ""}}));
  Desk desk("ilo5", fmt::format(R"([{{"fault":"privileges","names":{}}},)"
                                R"({{"fault":"downgrade_policy","policy":"RecoveryDowngrade"}}])",
                                names));
  desk.images[kMirror + "old.bin"] = make_image("ilo5", "bmc", "2.99", 4096);
  CHECK(add_from_uri(desk, "old.bin", "").status == 202);
  desk.pass(60);
  CHECK(service_result(desk) == result);
}

// --- event logs ---

TEST_CASE("flashes and resets are in the event logs, with the iLO's own time") {
  Desk desk("ilo7", R"([{"fault":"clock_skew","seconds":3600}])");
  desk.images[kMirror + "ilo7.bin"] = make_image("ilo7", "bmc", "1.14.00", 4096);
  CHECK(add_from_uri(desk, "ilo7.bin", "").status == 202);
  desk.pass(600);
  for (const std::string id : {"35.1001", "35.1097", "35.151", "35.27"}) {
    INFO(id);
    CHECK(log_entry(desk, kIel, id).text("Created").starts_with("2026-11-22T01:0"));
  }
  const json::Value flashed = log_entry(desk, kIml, "32.2");
  CHECK(flashed.text("Message") == "Firmware flashed (iLO 7 1.14.00 Sep 15 2025)");
  CHECK(flashed["Oem"]["Hpe"]["Class"].as_int() == 32);
  desk.post(kServerReset, R"({"ResetType":"ForceRestart"})");
  CHECK(log_entry(desk, kIel, "35.142").text("Severity") == "OK");
  CHECK(log_entry(desk, kIel, "35.5").text("EntryType") == "Oem");
}

TEST_CASE("repeated events are one entry with a count and a newer time") {
  Desk desk("ilo5");
  desk.images[kMirror + "x.bin"] = "rubbish";
  const auto fail_once = [&] {
    CHECK(add_from_uri(desk, "x.bin").status == 202);
    desk.pass(100);
  };
  fail_once();
  const json::Value first = desk.body(kIel + "/Entries")["Members"].items().back();
  CHECK(first.text("Message") == "Firmware update failed from RESTFUl API with reason: invalid firmware image");
  CHECK(first["Oem"]["Hpe"]["Count"].as_int() == 1);
  fail_once();
  const json::Value again = desk.body(kIel + "/Entries")["Members"].items().back();
  CHECK(again["Oem"]["Hpe"]["Count"].as_int() == 2);
  CHECK(again["Oem"]["Hpe"]["EventNumber"] == first["Oem"]["Hpe"]["EventNumber"]);
  CHECK(again.text("Created") == first.text("Created"));
  CHECK(again["Oem"]["Hpe"].text("Updated") > first["Oem"]["Hpe"].text("Updated"));
}

TEST_CASE("log entries are whole without being expanded, can be filtered by time, and cleared") {
  Desk desk("ilo6");
  desk.post(kServerReset, R"({"ResetType":"ForceRestart"})");
  CHECK(messages_of(desk, kIel).size() == 3);
  for (const std::string filter : {"Created%20ge%20'2026-01-01T00:00:00Z'", "Created%20ge%202026-01-01T00:00:00Z"}) {
    CHECK(desk.body(kIel + "/Entries?$filter=" + filter)["Members"].items().size() == 2);
  }
  const json::Value entry = desk.body(kIel + "/Entries")["Members"].items().front();
  CHECK(desk.body(std::string(entry.text("@odata.id"))).text("Message") == entry.text("Message"));
  CHECK(desk.body("/redfish/v1/Managers/1")["LogServices"].text("@odata.id") == "/redfish/v1/Managers/1/LogServices");
  const std::string clear(desk.body(kIel)["Actions"]["#LogService.ClearLog"].text("target"));
  CHECK(desk.post(clear, "{}").status == 200);
  CHECK(messages_of(desk, kIel).empty());
}

TEST_CASE("entries of old firmware have class and code, and no MessageId") {
  Desk desk("ilo5-old");
  const json::Value entry = desk.body(kIel + "/Entries")["Members"].items().front();
  CHECK(entry.find("MessageId") == nullptr);
  CHECK(entry["Oem"]["Hpe"]["Class"].as_int() == 35);
  CHECK(entry["Oem"]["Hpe"]["Code"].as_int() == 1096);
}

// --- cut off in the middle ---

TEST_CASE("a System ROM whose flash loses power keeps the machine in POST until a good one is flashed") {
  Desk desk("ilo5", R"([{"fault":"power_loss_in_flash"},{"fault":"tpm","enabled":false}])");
  const std::string file = "rom.signed.flash";
  desk.images[kMirror + file] = make_image("ilo5", "bios", "U46 v2.36 (07/10/2025)", 4096);
  CHECK(desk.body(kService + "/InvalidImageRepository")["Members"].items().empty());
  CHECK(add_from_uri(desk, file, R"(,"UpdateRepository":true,"UpdateTarget":true)").status == 202);
  desk.pass(200);
  CHECK(desk.bmc->bmc_restarts() == 1);
  CHECK(service_state(desk) == "Error");
  CHECK(service_result(desk) == "UpdateInterrupted");
  CHECK(desk.body("/redfish/v1/Systems/1").text("PowerState") == "Off");
  const json::Value invalid = desk.body(kService + "/InvalidImageRepository/440860f0");
  CHECK(invalid.text("Filename") == "Invalid_System_ROM");
  CHECK(log_entry(desk, kIml, "32.3").text("Severity") == "Critical");
  CHECK(log_entry(desk, kIel, "35.25").text("Message") == "Power restored to iLO.");
  REQUIRE(desk.post(kServerReset, R"({"ResetType":"On"})").status == 200);
  desk.pass(1000);
  CHECK(post_state(desk) == "InPost");
  CHECK(desk.post(kServiceActions + "StartFirmwareIntegrityCheck", "").status == 200);
  desk.pass(100);
  CHECK(service(desk)["FirmwareIntegrity"].text("LastScanResult") == "Failure");
  CHECK(log_entry(desk, kIml, "32.7").text("Severity") == "Critical");
  // The image is in the repository, so the queue can install it again.
  REQUIRE(queue(desk, "again", file, R"(,"UpdatableBy":["Bmc"])").status == 201);
  desk.pass(200);
  CHECK(entry_state(desk, "again") == "Complete");
  REQUIRE(desk.post(kServerReset, R"({"ResetType":"ForceRestart"})").status == 200);
  desk.pass(300);
  CHECK(post_state(desk) == "FinishedPost");
  CHECK(item(desk, "Description", "SystemRomActive").text("Version") == "U46 v2.36 (07/10/2025)");
  CHECK(desk.send(http::Method::delete_, kService + "/InvalidImageRepository/440860f0", desk.credentials()).status ==
        200);
}

TEST_CASE("an integrity check may put back the System ROM of the recovery set") {
  Desk desk("ilo6", R"([{"fault":"power_loss_in_flash"}])");
  CHECK(desk.patch(kService,
                   R"({"Oem":{"Hpe":{"FirmwareIntegrity":{"OnIntegrityFailure":"LogAndRepairAutomatically"}}}})")
            .status == 200);
  desk.images[kMirror + "rom.signed.flash"] = make_image("ilo6", "bios", "U58 v2.54 (07/10/2025)", 4096);
  CHECK(add_from_uri(desk, "rom.signed.flash", R"(,"TPMOverrideFlag":true)").status == 202);
  desk.pass(300);
  CHECK(desk.post(kServiceActions + "StartFirmwareIntegrityCheck", "").status == 200);
  desk.pass(100);
  CHECK(service(desk)["FirmwareIntegrity"].text("LastScanResult") == "Repaired");
  REQUIRE(desk.post(kServerReset, R"({"ResetType":"On"})").status == 200);
  desk.pass(400);
  CHECK(post_state(desk) == "FinishedPost");
  CHECK(item(desk, "Description", "SystemRomActive").text("Version") == "U58 v2.44 (01/17/2025)");
}

TEST_CASE("an iLO whose own flash loses power starts from the image that it had") {
  Desk desk("ilo6", R"([{"fault":"power_loss_in_flash"}])");
  desk.images[kMirror + "ilo6.bin"] = make_image("ilo6", "bmc", "1.68", 4096);
  CHECK(add_from_uri(desk, "ilo6.bin", "").status == 202);
  desk.pass(300);
  CHECK(service_state(desk) == "Error");
  CHECK(desk.bmc->running_version("bmc") == "1.66 Dec 13 2024");
  CHECK(desk.body(kService + "/InvalidImageRepository")["Members"].items().empty());
  CHECK(add_from_uri(desk, "ilo6.bin", "").status == 202);
  desk.pass(600);
  CHECK(desk.bmc->running_version("bmc") == "1.68 Sep 15 2025");
}

TEST_CASE("a ROM package that is queued for the iLO may be answered with SystemResetRequired and not be flashed") {
  const bool field = GENERATE(false, true);
  Desk desk("ilo6", field ? R"([{"fault":"bios_by_bmc_needs_uefi"}])" : "[]");
  keep_file(desk, "rom.fwpkg", make_fwpkg("ilo6", "bios", "U58 v2.54 (07/10/2025)", 4096).value());
  REQUIRE(queue(desk, "rom", "rom.fwpkg", R"(,"UpdatableBy":["Bmc"],"TPMOverride":true)").status == 201);
  desk.pass(400);
  CHECK(desk.bmc->flashes() == (field ? 0 : 1));
  if (field) CHECK(entry(desk, "rom")["Result"].text("MessageId").ends_with("SystemResetRequired"));
}

}  // namespace
}  // namespace firmform::simulators

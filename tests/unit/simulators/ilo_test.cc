// SPDX-License-Identifier: Apache-2.0
// ilo.md 1, 2, 3, 6, 7, 13: what an iLO does with updates and resets.
#include <set>

#include "engine/base/text.h"
#include "tests/unit/simulators/desk.h"

namespace firmform::simulators {
namespace {

const std::string kUpdateUri = "/redfish/v1/UpdateService";
const std::string kSimpleUpdate = "/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate";
const std::string kReset = "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset";
const std::string kImage = "http://fw.example/image.bin";

json::Value hpe(Desk& desk) {
  return desk.body(kUpdateUri)["Oem"]["Hpe"];
}
std::string state(Desk& desk) {
  return std::string(hpe(desk).text("State"));
}
std::string result_key(Desk& desk) {
  const std::string id(hpe(desk)["Result"].text("MessageId"));
  return id.substr(id.rfind('.') + 1);
}

BmcResponse pull(Desk& desk, const std::string& more = "") {
  return desk.post(kSimpleUpdate, fmt::format(R"({{"ImageURI":"{}"{}}})", kImage, more));
}

/// The form of ilo.md 6.1.
BmcResponse upload(Desk& desk, const std::string& image, const std::string& parameters = R"({"UpdateTarget":true})") {
  http::Headers headers;
  headers.set("X-Auth-Token", desk.token);
  headers.set("Cookie", "sessionKey=" + desk.token);
  return desk.push("/cgi-bin/uploadFile",
                   {{"sessionKey", "", "", desk.token},
                    {"parameters", "", "application/json", parameters},
                    {"file", "image.bin", "application/octet-stream", image}},
                   headers);
}

// --- sessions, errors, spellings ---

TEST_CASE("an iLO's session id holds user, login time and a random number, and its Location is absolute") {
  Desk desk("ilo6");
  const BmcResponse opened =
      desk.post("/redfish/v1/SessionService/Sessions", R"({"UserName":"admin","Password":"secret"})");
  const std::string id(parsed(opened.body).text("Id"));
  CHECK(id.starts_with(fmt::format(
      "admin{:016x}", std::chrono::duration_cast<std::chrono::seconds>(desk.now().time_since_epoch()).count())));
  CHECK(header(opened, "Location") == "https://lab.example/redfish/v1/SessionService/Sessions/" + id + "/");
  const json::Value facts = parsed(opened.body)["Oem"]["Hpe"];
  CHECK(facts["MySession"].as_bool() == true);
  CHECK(facts["Privileges"]["iLOConfigPriv"].as_bool() == true);
}

TEST_CASE("an iLO's errors have ids and no texts") {
  Desk desk("ilo5");
  const json::Value error = parsed(desk.get("/redfish/v1/TaskService/Tasks/9").body)["error"];
  CHECK(error.text("code") == "iLO.0.10.ExtendedInfo");
  const json::Value& first = error["@Message.ExtendedInfo"].items().front();
  CHECK(first.text("MessageId") == "Base.1.18.ResourceMissingAtURI");
  CHECK(first.find("Message") == nullptr);
}

TEST_CASE("the registries have the versions of the generation") {
  const auto [model, base, ilo] =
      GENERATE(table<std::string, std::string, std::string>({{"ilo5", "Base.1.18.", "iLO.2.25."},
                                                             {"ilo6", "Base.1.18.", "iLO.2.30."},
                                                             {"ilo7", "Base.1.18.", "iLO.2.31."},
                                                             {"ilo5-old", "Base.1.4.", "iLO.2.14."}}));
  Desk desk(model);
  const BmcResponse refused =
      desk.post("/redfish/v1/SessionService/Sessions", R"({"UserName":"admin","Password":"x"})");
  CHECK_THAT(refused.body, Catch::Contains(ilo + "UnauthorizedLoginAttempt"));
  CHECK_THAT(desk.get("/redfish/v1/nothing").body, Catch::Contains(base));
}

TEST_CASE("guessing passwords is slow from the second time on") {
  Desk desk("ilo7");
  const std::string guess = R"({"UserName":"admin","Password":"guess"})";
  CHECK(desk.post("/redfish/v1/SessionService/Sessions", guess).delay == Duration(0));
  CHECK(desk.post("/redfish/v1/SessionService/Sessions", guess).delay == std::chrono::seconds(10));
}

TEST_CASE("an iLO matches URIs without regard to case, and links end as the request did") {
  Desk desk("ilo5");
  CHECK(desk.get("/redfish/v1/updateservice/firmwareinventory/2").status == 200);
  CHECK(desk.body(kUpdateUri)["FirmwareInventory"].text("@odata.id") == "/redfish/v1/UpdateService/FirmwareInventory");
  CHECK(desk.body(kUpdateUri + "/")["FirmwareInventory"].text("@odata.id") ==
        "/redfish/v1/UpdateService/FirmwareInventory/");
}

TEST_CASE("an iLO's tags do not tell versions, and iLO 7 writes them in decimal") {
  Desk five("ilo5");
  CHECK(header(five.get(kUpdateUri), "ETag") == "W/\"749361C7\"");
  CHECK(header(five.get(kUpdateUri + "/FirmwareInventory/1"), "ETag") == "W/\"918DA6A4\"");
  Desk seven("ilo7");
  CHECK(header(seven.get(kUpdateUri + "/FirmwareInventory/1"), "ETag") == "W/\"2441979556\"");
  CHECK(header(seven.get("/redfish/v1/TaskService/Tasks"), "ETag") == fmt::format("W/\"{}\"", 0x75983E8DU));
}

// --- SimpleUpdate ---

TEST_CASE("an iLO flashes itself, restarts, and shows the new version in all four spellings") {
  const auto [model, version, number, spelled, percent_seen, flash, away] =
      GENERATE(table<std::string, std::string, std::string, std::string, bool, int, int>({
          {"ilo5", "3.12 Sep 15 2025", "3.12", "iLO 5 v3.12", true, 150, 58},
          {"ilo6", "1.68 Apr 22 2025", "1.68", "iLO 6 v1.68", true, 220, 75},
          {"ilo7", "1.14.00 May 28 2025", "1.14.00", "1.14.00 May 28 2025", true, 352, 90},
      }));
  Desk desk(model);
  desk.log_in();
  const std::string before = desk.bmc->running_version("bmc");
  desk.images[kImage] = make_image(model, "bmc", version, 4096);
  CHECK(state(desk) == "Idle");

  const BmcResponse accepted = pull(desk);
  REQUIRE(accepted.status == 202);
  CHECK(header(accepted, "Location") == "https://lab.example/redfish/v1/TaskService/TaskMonitors/1/");
  const json::Value task = parsed(accepted.body);
  CHECK(task.text("@odata.type") == "#Task.v1_3_0.Task");
  CHECK(task.text("TaskState") == "New");
  CHECK(task.find("PercentComplete") == nullptr);
  CHECK(task.find("TaskStatus") == nullptr);

  CHECK(state(desk) == "Uploading");
  CHECK(desk.get("/redfish/v1/TaskService/TaskMonitors/1").status == 202);
  desk.pass(flash / 2);
  CHECK(state(desk) == "Updating");
  CHECK(hpe(desk)["FlashProgressPercent"].as_int().value_or(0) > 10);
  CHECK(desk.body("/redfish/v1/TaskService/Tasks/1").text("TaskState") == "Running");
  CHECK(desk.bmc->flashes() == 1);
  CHECK(item(desk, "Description", "SystemBMC").text("Version") == before);

  desk.pass(flash - flash / 2 + 1);
  CHECK(state(desk) == "Complete");
  CHECK(hpe(desk).find("FlashProgressPercent") == nullptr);
  CHECK(desk.body("/redfish/v1/TaskService/Tasks/1").text("TaskState") == "Completed");
  CHECK(item(desk, "Description", "SystemBMC").text("Version") == before);

  desk.pass(6);
  CHECK(desk.bmc->offline());
  CHECK(desk.get("/redfish/v1/").drop);
  desk.pass(away - 8);
  CHECK(desk.bmc->offline());
  desk.pass(10);
  REQUIRE_FALSE(desk.bmc->offline());

  CHECK(desk.get(kUpdateUri).status == 401);  // the session is gone
  desk.token.clear();
  CHECK(desk.get("/redfish/v1/TaskService/Tasks/1").status == 404);
  CHECK(desk.body("/redfish/v1/TaskService/Tasks")["Members"].items().empty());
  CHECK(state(desk) == "Idle");
  CHECK(item(desk, "Description", "SystemBMC").text("Version") == version);
  const json::Value manager = desk.body("/redfish/v1/Managers/1");
  CHECK(manager.text("FirmwareVersion") == spelled);
  CHECK(manager["Oem"]["Hpe"]["Firmware"]["Current"].text("VersionString") == spelled);
  const json::Value root = desk.body("/redfish/v1/");
  CHECK(root["Oem"]["Hpe"]["Manager"].items().front().text("ManagerFirmwareVersion") == number);
  CHECK(desk.bmc->host_boots() == 0);
}

TEST_CASE("the fourth spelling of iLO 7 has two groups") {
  Desk desk("ilo7");
  desk.images[kImage] = make_image("ilo7", "bmc", "1.14.00", 4096);
  pull(desk);
  desk.pass(600);
  const json::Value root = desk.body("/redfish/v1/");
  CHECK(root["Oem"]["Hpe"]["Manager"].items().front()["Languages"].items().front().text("Version") == "1.14");
}

TEST_CASE("a System ROM is staged, and runs after the next boot of the host") {
  const auto [model, version, complete] =
      GENERATE(table<std::string, std::string, int>({{"ilo5", "U46 v2.36 (07/10/2025)", 260},
                                                     {"ilo6", "U58 v2.54 (07/10/2025)", 300},
                                                     {"ilo7", "U72 v1.40 (05/22/2025)", 340}}));
  Desk desk(model);
  const std::string before = desk.bmc->running_version("bios");
  desk.images[kImage] = make_image(model, "bios", version, 4096);
  REQUIRE(pull(desk, R"(,"TPMOverrideFlag":true)").status == 202);
  desk.pass(300);
  CHECK(desk.body("/redfish/v1/TaskService/Tasks/1").text("TaskState") == "Completed");
  CHECK(item(desk, "Description", "SystemRomActive").text("Version") == before);
  CHECK(desk.body("/redfish/v1/Systems/1").text("BiosVersion") == before);
  CHECK(desk.bmc->host_boots() == 0);
  CHECK(desk.bmc->bmc_restarts() == 0);

  REQUIRE(desk.post(kReset, R"({"ResetType":"ForceRestart"})").status == 200);
  json::Value system = desk.body("/redfish/v1/Systems/1");
  CHECK(system["Oem"]["Hpe"].text("PostState") == "Reset");
  CHECK(system["Oem"]["Hpe"]["DeviceDiscoveryComplete"]["ServerFirmwareInventoryComplete"].as_bool() == false);
  desk.pass(complete - 5);
  system = desk.body("/redfish/v1/Systems/1");
  CHECK(system["Oem"]["Hpe"].text("PostState") == "FinishedPost");
  CHECK(system.text("BiosVersion") == version);
  CHECK(system["Oem"]["Hpe"]["DeviceDiscoveryComplete"]["ServerFirmwareInventoryComplete"].as_bool() == false);
  CHECK(item(desk, "Description", "SystemRomActive").text("Version") == before);
  desk.pass(10);
  system = desk.body("/redfish/v1/Systems/1");
  CHECK(system["Oem"]["Hpe"]["DeviceDiscoveryComplete"]["ServerFirmwareInventoryComplete"].as_bool() == true);
  CHECK(item(desk, "Description", "SystemRomActive").text("Version") == version);
  CHECK(system["Oem"]["Hpe"]["Bios"]["Current"].text("VersionString") == version);
  if (model != "ilo7") {
    CHECK(item(desk, "Description", "SystemRomBackup").text("Version") == before);
    CHECK(system["Oem"]["Hpe"]["Bios"]["Backup"].text("VersionString") == before);
  }
}

TEST_CASE("POST goes through its states in order") {
  Desk desk("ilo6");
  REQUIRE(desk.post(kReset, R"({"ResetType":"ForceRestart"})").status == 200);
  std::vector<std::string> seen;
  for (int second = 0; second < 200; ++second) {
    const std::string now(desk.body("/redfish/v1/Systems/1")["Oem"]["Hpe"].text("PostState"));
    if (seen.empty() || seen.back() != now) seen.push_back(now);
    desk.pass(1);
  }
  CHECK(seen ==
        std::vector<std::string>{"Reset", "InPost", "InPostDiscoveryStart", "InPostDiscoveryComplete", "FinishedPost"});
}

TEST_CASE("old firmware answers 200 and makes no task") {
  Desk desk("ilo5-old");
  desk.images[kImage] = make_image("ilo5-old", "bmc", "2.19 Jul 17 2020", 4096);
  const BmcResponse accepted = pull(desk);
  CHECK(accepted.status == 200);
  CHECK_THAT(accepted.body, Catch::Contains("Base.1.4.Success"));
  CHECK(header(accepted, "Location").empty());
  CHECK(desk.body("/redfish/v1/TaskService/Tasks")["Members"].items().empty());
  desk.pass(100);
  CHECK(state(desk) == "Updating");
  desk.pass(200);
  CHECK(desk.bmc->running_version("bmc") == "2.19 Jul 17 2020");
}

TEST_CASE("old firmware lacks what came later") {
  Desk desk("ilo5-old");
  CHECK(desk.body(kUpdateUri).text("@odata.type") == "#UpdateService.v1_1_1.UpdateService");
  CHECK(hpe(desk)["Capabilities"]["UpdateFWPKG"].as_bool() == false);
  CHECK(hpe(desk).find("Accept3rdPartyFirmware") == nullptr);
  CHECK(desk.body("/redfish/v1/SessionService").find("SessionTimeout") == nullptr);
  CHECK(item(desk, "Description", "SystemBMC").find("Updateable") == nullptr);
  const json::Value system = desk.body("/redfish/v1/Systems/1");
  CHECK(system["Oem"]["Hpe"]["DeviceDiscoveryComplete"].find("ServerFirmwareInventoryComplete") == nullptr);
}

TEST_CASE("a package that an iLO cannot take is accepted, and then nothing is flashed") {
  const std::string model = GENERATE("ilo5-old", "ilo5");
  Desk desk(model, R"([{"fault":"update_fwpkg","enabled":false}])");
  desk.images[kImage] = make_fwpkg(model, "bmc", "3.12", 4096).value();
  const BmcResponse accepted = pull(desk);
  CHECK(accepted.status == (model == "ilo5" ? 202 : 200));
  desk.pass(300);
  CHECK(state(desk) == "Error");
  CHECK(result_key(desk) == "ResourceAtUriInUnknownFormat");
  CHECK(desk.bmc->flashes() == 0);
}

TEST_CASE("a package that an iLO can take is flashed") {
  Desk desk("ilo6");
  CHECK(hpe(desk)["Capabilities"]["UpdateFWPKG"].as_bool() == true);
  desk.images[kImage] = make_fwpkg("ilo6", "bmc", "1.68", 4096).value();
  pull(desk);
  desk.pass(600);
  CHECK(desk.bmc->running_version("bmc") == "1.68 Sep 15 2025");
}

TEST_CASE("with a TPM a System ROM needs the override, and an iLO image does not") {
  Desk desk("ilo5");
  desk.images[kImage] = make_image("ilo5", "bios", "U46 v2.36 (07/10/2025)", 4096);
  CHECK(pull(desk).status == 202);
  desk.pass(60);
  CHECK(state(desk) == "Error");
  CHECK(result_key(desk) == "FWFlashTPMOverrideFlagRequired");
  CHECK(desk.body("/redfish/v1/TaskService/Tasks/1").text("TaskState") == "Exception");
  CHECK(desk.bmc->flashes() == 0);
  desk.images[kImage] = make_image("ilo5", "bmc", "3.12", 4096);
  CHECK(pull(desk).status == 202);
  desk.pass(60);
  CHECK(desk.bmc->flashes() == 1);
}

TEST_CASE("a machine may refuse a System ROM without override at once, and one without TPM needs none") {
  Desk strict("ilo5", R"([{"fault":"tpm_refused_at_once"}])");
  CHECK(message_key(strict.post(kSimpleUpdate, R"({"ImageURI":"http://fw/U46.signed.flash"})")) ==
        "FWFlashTPMOverrideFlagRequired");
  Desk bare("ilo5", R"([{"fault":"tpm","enabled":false}])");
  CHECK(bare.body("/redfish/v1/Systems/1/bios")["Attributes"].text("TpmState") == "NotPresent");
  bare.images[kImage] = make_image("ilo5", "bios", "U46 v2.36 (07/10/2025)", 4096);
  pull(bare);
  bare.pass(60);
  CHECK(bare.bmc->flashes() == 1);
}

TEST_CASE("foreign, damaged and unfitting images are accepted and then fail") {
  Desk desk("ilo6");
  const std::string good = make_image("ilo6", "bmc", "1.68", 4096);
  std::string tampered = good;
  tampered.back() = static_cast<char>(tampered.back() ^ 1);
  const auto [image, key] = GENERATE_COPY(table<std::string, std::string>({
      {"MZ nothing that an iLO knows", "ResourceAtUriInUnknownFormat"},
      {tampered, "UpdateInvalidFile"},
      {good.substr(0, 2000), "UpdateInvalidFile"},
      {make_image("ilo5", "bmc", "3.12", 4096), "UpdateNotApplicable"},
      {make_image("ilo5", "bios", "U46 v2.36 (07/10/2025)", 4096), "UpdateNotApplicable"},
  }));
  desk.images[kImage] = image;
  CHECK(pull(desk, R"(,"TPMOverrideFlag":true)").status == 202);
  desk.pass(100);
  CHECK(state(desk) == "Error");
  CHECK(result_key(desk) == key);
  const json::Value task = desk.body("/redfish/v1/TaskService/Tasks/1");
  CHECK(task.text("TaskState") == "Exception");
  CHECK(task.text("TaskStatus") == "Critical");
  CHECK(desk.bmc->flashes() == 0);
}

TEST_CASE("an image that cannot be fetched fails the task") {
  Desk desk("ilo7");
  CHECK(pull(desk).status == 202);
  desk.pass(1);
  CHECK(state(desk) == "Error");
  CHECK(desk.body("/redfish/v1/TaskService/Tasks/1").text("TaskState") == "Exception");
}

TEST_CASE("one update at a time") {
  Desk desk("ilo5");
  desk.images[kImage] = make_image("ilo5", "bmc", "3.12", 4096);
  CHECK(pull(desk).status == 202);
  const BmcResponse second = pull(desk);
  CHECK(second.status == 400);
  CHECK(message_key(second) == "ComponentUploadAlreadyInProgress");
  desk.pass(60);
  CHECK(message_key(pull(desk)) == "FirmwareFlashAlreadyInProgress");
  CHECK(message_key(desk.post("/redfish/v1/Managers/1/Actions/Manager.Reset", "{}")) ==
        "FirmwareFlashAlreadyInProgress");
  desk.pass(400);
  CHECK(desk.bmc->flashes() == 1);
}

TEST_CASE("parameters that the schema does not have are refused") {
  Desk desk("ilo5");
  CHECK(message_key(desk.post(kSimpleUpdate, "{}")) == "ActionParameterMissing");
  CHECK(message_key(pull(desk, R"(,"Colour":"red")")) == "ActionParameterUnknown");
  CHECK(message_key(pull(desk, R"(,"@Redfish.OperationApplyTime":"Immediate")")) == "ActionParameterUnknown");
  CHECK(message_key(desk.post(kSimpleUpdate, R"({"ImageURI":"ftp://x/y.bin"})")) == "SourceDoesNotSupportProtocol");
  CHECK(message_key(pull(desk, R"(,"Targets":["/redfish/v1/UpdateService/FirmwareInventory/1"])")) ==
        "NonPLDMUpdateableTargetURI");
  Desk old("ilo5-old");
  CHECK(message_key(pull(old, R"(,"Targets":[])")) == "ActionParameterUnknown");
  CHECK(desk.pulls == 0);
}

TEST_CASE("TransferProtocol completes an address without a scheme") {
  Desk desk("ilo5");
  desk.images["https://fw.example/ilo5_312.bin"] = make_image("ilo5", "bmc", "3.12", 4096);
  CHECK(desk.post(kSimpleUpdate, R"({"ImageURI":"fw.example/ilo5_312.bin","TransferProtocol":"HTTPS"})").status == 202);
  desk.pass(60);
  CHECK(desk.bmc->flashes() == 1);
}

TEST_CASE("the downgrade policy holds, and its strictest value is for ever") {
  Desk desk("ilo5");
  CHECK(hpe(desk).text("DowngradePolicy") == "AllowDowngrade");
  CHECK(desk.patch(kUpdateUri, R"({"Oem":{"Hpe":{"DowngradePolicy":"NoDowngrade"}}})").status == 200);
  CHECK(desk.patch(kUpdateUri, R"({"Oem":{"Hpe":{"DowngradePolicy":"AllowDowngrade"}}})").status == 400);
  desk.images[kImage] = make_image("ilo5", "bmc", "2.99", 4096);
  pull(desk);
  desk.pass(60);
  CHECK(result_key(desk) == "DowngradeNotAllowed");
  CHECK(desk.bmc->flashes() == 0);
}

TEST_CASE("an image below the lowest supported version is not flashed") {
  Desk desk("ilo7");
  desk.images[kImage] = make_image("ilo7", "bmc", "1.10.00", 4096);
  pull(desk);
  desk.pass(100);
  CHECK(state(desk) == "Error");
  CHECK(desk.bmc->flashes() == 0);
}

TEST_CASE("passwords of image servers are not repeated") {
  Desk desk("ilo6");
  const BmcResponse accepted = pull(desk, R"(,"Username":"u","Password":"topsecret")");
  REQUIRE(accepted.status == 202);
  CHECK(desk.get("/redfish/v1/TaskService/Tasks/1").body.find("topsecret") == std::string::npos);
}

// --- HttpPushUri ---

TEST_CASE("an upload with cookie and parts in order is taken and flashed") {
  Desk desk("ilo7");
  CHECK(desk.body(kUpdateUri).text("HttpPushUri") == "/cgi-bin/uploadFile");
  desk.log_in();
  const BmcResponse taken =
      upload(desk, make_image("ilo7", "bmc", "1.14.00", 4096), R"({"UpdateTarget":true,"ETag":"sum1"})");
  CHECK(taken.status == 200);
  CHECK_THAT(taken.body, Catch::Contains("Success"));
  CHECK(state(desk) == "Verifying");
  CHECK(hpe(desk).text("UploadCurrentEtag") == "sum1");
  CHECK(desk.body("/redfish/v1/TaskService/Tasks")["Members"].items().empty());
  desk.pass(600);
  CHECK(desk.bmc->running_version("bmc") == "1.14.00 Sep 15 2025");
}

TEST_CASE("an upload that is not as it must be is refused with an empty 400") {
  Desk desk("ilo5");
  desk.log_in();
  const std::string image = make_image("ilo5", "bmc", "3.12", 4096);
  http::Headers good;
  good.set("X-Auth-Token", desk.token);
  good.set("Cookie", "sessionKey=" + desk.token);
  http::Headers no_cookie;
  no_cookie.set("X-Auth-Token", desk.token);
  http::Headers wrong_cookie;
  wrong_cookie.set("Cookie", "sessionKey=0123");
  const http::FormPart key{"sessionKey", "", "", desk.token};
  const http::FormPart parameters{"parameters", "", "", std::string("{}")};
  const http::FormPart file{"file", "ilo5_312.bin", "application/octet-stream", image};
  const std::vector<std::pair<http::Form, http::Headers>> bad{{{key, parameters, file}, no_cookie},
                                                              {{key, parameters, file}, wrong_cookie},
                                                              {{parameters, key, file}, good},
                                                              {{key, file, parameters}, good},
                                                              {{parameters, file}, good},
                                                              {{key, parameters}, good},
                                                              {{key, parameters, {"file", "", "", image}}, good}};
  for (const auto& [form, headers] : bad) {
    const BmcResponse response = desk.push("/cgi-bin/uploadFile", form, headers);
    CHECK(response.status == 400);
    CHECK(response.body.empty());
  }
  CHECK(desk.send(http::Method::get, "/cgi-bin/uploadFile", desk.credentials()).status == 405);
  CHECK(desk.push("/cgi-bin/uploadFile", {key, parameters, file}, good).status == 200);
  CHECK(desk.push("/cgi-bin/uploadFile", {key, parameters, file}, good).status == 400);  // busy
  desk.pass(60);
  CHECK(desk.bmc->flashes() == 1);
}

TEST_CASE("an upload that fails says so in the update service alone") {
  Desk desk("ilo5");
  desk.log_in();
  CHECK(upload(desk, "not an image").status == 200);
  desk.pass(60);
  CHECK(state(desk) == "Error");
  CHECK(result_key(desk) == "UpdateInvalidFile");
}

// --- power and restarts ---

TEST_CASE("a redundant power request is refused") {
  Desk desk("ilo5");
  const BmcResponse on = desk.post(kReset, R"({"ResetType":"On"})");
  CHECK(on.status == 400);
  CHECK(message_key(on) == "InvalidOperationForSystemState");
  CHECK(desk.post(kReset, R"({"ResetType":"ForceOff"})").status == 200);
  desk.pass(5);
  const json::Value system = desk.body("/redfish/v1/Systems/1");
  CHECK(system.text("PowerState") == "Off");
  CHECK(system["Oem"]["Hpe"].text("PostState") == "PowerOff");
  CHECK(desk.post(kReset, R"({"ResetType":"ForceRestart"})").status == 400);
  CHECK(desk.post(kReset, R"({"ResetType":"Sideways"})").status == 400);
  CHECK(desk.post(kReset, "{}").status == 400);
  CHECK(desk.post(kReset, R"({"ResetType":"On"})").status == 200);
  CHECK(desk.bmc->host_boots() == 1);
}

TEST_CASE("a graceful restart waits for the operating system") {
  Desk desk("ilo6");
  CHECK(desk.post(kReset, R"({"ResetType":"GracefulRestart"})").status == 200);
  desk.pass(20);
  CHECK(desk.bmc->host_boots() == 0);
  desk.pass(10);
  CHECK(desk.bmc->host_boots() == 1);
}

TEST_CASE("a reset of iLO takes its sessions and tasks, and leaves the host alone") {
  Desk desk("ilo5");
  desk.log_in();
  CHECK(desk.post("/redfish/v1/Managers/1/Actions/Manager.Reset", R"({"ResetType":"ForceRestart"})").status == 200);
  desk.pass(3);
  CHECK(desk.bmc->offline());
  desk.pass(60);
  CHECK_FALSE(desk.bmc->offline());
  CHECK(desk.bmc->open_sessions() == 0);
  CHECK(desk.bmc->host_boots() == 0);
}

TEST_CASE("a flash that a power cut interrupts has not happened") {
  Desk desk("ilo5", R"([{"fault":"restart_bmc","method":"POST","path":"*SimpleUpdate","seconds":80}])");
  desk.images[kImage] = make_image("ilo5", "bmc", "3.12", 4096);
  CHECK(pull(desk).status == 202);
  desk.pass(200);
  CHECK(desk.bmc->flashes() == 1);
  CHECK(desk.bmc->running_version("bmc") == "3.11 Feb 25 2025");
  CHECK(state(desk) == "Idle");
}

TEST_CASE("a virtual AC cycle takes host and iLO down and up") {
  Desk desk("ilo7");
  const std::string uri = "/redfish/v1/Systems/1/Actions/Oem/Hpe/HpeComputerSystemExt.SystemReset";
  CHECK(desk.post(uri, R"({"ResetType":"AuxCycle"})").status == 200);
  desk.pass(300);
  CHECK(desk.bmc->host_boots() == 1);
  CHECK(desk.bmc->bmc_restarts() == 1);
}

TEST_CASE("inventory ids may be another machine's after a reboot") {
  Desk desk("ilo5", R"([{"fault":"reassign_ids"}])");
  CHECK(item(desk, "Description", "SystemRomActive").text("Id") == "2");
  CHECK(desk.post(kReset, R"({"ResetType":"ForceRestart"})").status == 200);
  desk.pass(300);
  const json::Value rom = item(desk, "Description", "SystemRomActive");
  CHECK(rom.text("Id") == "3");
  CHECK(rom.text("@odata.id") == "/redfish/v1/UpdateService/FirmwareInventory/3");
  CHECK(desk.body(kUpdateUri + "/FirmwareInventory")["Members"].items().size() == 23);
}

}  // namespace
}  // namespace firmform::simulators

// SPDX-License-Identifier: Apache-2.0
// redfish.md A.3 to A.5, A.9, B.1, B.2, B.4: updates on machines that are no iLO.
#include "engine/base/text.h"
#include "tests/unit/simulators/desk.h"

namespace firmform::simulators {
namespace {

const std::string kUpdateUri = "/redfish/v1/UpdateService";
const std::string kSimpleUpdate = "/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate";
const std::string kImage = "http://fw.example/image.bin";

http::Form form(const std::string& image, const std::string& name, const std::string& parameters = "{}") {
  return {{"UpdateParameters", "", "application/json", parameters},
          {"UpdateFile", name, "application/octet-stream", image}};
}

std::string multipart_uri(Desk& desk) {
  return std::string(desk.body(kUpdateUri).text("MultipartHttpPushUri"));
}

std::string task_state(Desk& desk, const std::string& id) {
  return std::string(desk.body("/redfish/v1/TaskService/Tasks/" + id).text("TaskState"));
}

// --- the standard machine ---

TEST_CASE("a standard machine answers a pull with a task and a monitor that plays the result") {
  Desk desk("redfish");
  desk.images[kImage] = make_image("redfish", "bmc", "1.46.512c02-rev1", 4096);
  const BmcResponse accepted = desk.post(kSimpleUpdate, R"({"ImageURI":"http://fw.example/image.bin"})");
  REQUIRE(accepted.status == 202);
  CHECK(header(accepted, "Location") == "/redfish/v1/TaskService/TaskMonitors/1");
  CHECK(header(accepted, "Retry-After") == "5");
  CHECK(parsed(accepted.body).text("@odata.id") == "/redfish/v1/TaskService/Tasks/1");
  desk.pass(60);
  const json::Value task = desk.body("/redfish/v1/TaskService/Tasks/1");
  CHECK(task.text("TaskState") == "Running");
  CHECK(task["PercentComplete"].as_int().value_or(0) > 20);
  const BmcResponse running = desk.get("/redfish/v1/TaskService/TaskMonitors/1");
  CHECK(running.status == 202);
  CHECK(header(running, "Retry-After") == "5");
  desk.pass(87);
  CHECK(task_state(desk, "1") == "Completed");
  const BmcResponse finished = desk.get("/redfish/v1/TaskService/TaskMonitors/1");
  CHECK(finished.status == 200);
  CHECK_THAT(finished.body, Catch::Contains("Success"));
  desk.pass(200);
  CHECK(desk.body("/redfish/v1/Managers/BMC").text("FirmwareVersion") == "1.46.512c02-rev1");
  CHECK(desk.get("/redfish/v1/TaskService/Tasks/1").status == 404);
}

TEST_CASE("a task that failed tells its monitor why") {
  Desk desk("redfish");
  desk.images[kImage] = "junk";
  desk.post(kSimpleUpdate, R"({"ImageURI":"http://fw.example/image.bin"})");
  desk.pass(60);
  const json::Value task = desk.body("/redfish/v1/TaskService/Tasks/1");
  CHECK(task.text("TaskState") == "Exception");
  CHECK(task.text("TaskStatus") == "Critical");
  const BmcResponse monitor = desk.get("/redfish/v1/TaskService/TaskMonitors/1");
  CHECK(monitor.status == 400);
  CHECK(monitor.body.find("VerificationFailed") != std::string::npos);
  desk.pass(400);
  CHECK(desk.get("/redfish/v1/TaskService/TaskMonitors/1").status == 404);
}

TEST_CASE("a task can be cancelled before the flash, and not during it") {
  Desk desk("redfish");
  desk.images[kImage] = make_image("redfish", "bmc", "1.46.512c02-rev1", 4096);
  desk.post(kSimpleUpdate, R"({"ImageURI":"http://fw.example/image.bin"})");
  desk.pass(5);
  CHECK(desk.write(http::Method::delete_, "/redfish/v1/TaskService/TaskMonitors/1", "").status == 204);
  CHECK(desk.get("/redfish/v1/TaskService/TaskMonitors/1").status == 404);
  CHECK(task_state(desk, "1") == "Cancelled");
  desk.pass(300);
  CHECK(desk.bmc->flashes() == 0);
  desk.post(kSimpleUpdate, R"({"ImageURI":"http://fw.example/image.bin"})");
  desk.pass(60);
  CHECK(desk.write(http::Method::delete_, "/redfish/v1/TaskService/Tasks/2", "").status == 409);
}

TEST_CASE("SimpleUpdate judges its parameters") {
  Desk desk("redfish");
  CHECK(message_key(desk.post(kSimpleUpdate, "{}")) == "ActionParameterMissing");
  CHECK(message_key(desk.post(kSimpleUpdate, R"({"ImageURI":7})")) == "ActionParameterValueTypeError");
  CHECK(message_key(desk.post(kSimpleUpdate, R"({"ImageURI":"tftp://x/y"})")) == "SourceDoesNotSupportProtocol");
  CHECK(desk.post(kSimpleUpdate, R"({"ImageURI":"http://x/y","Colour":1})").status == 400);
  CHECK(desk.post(kSimpleUpdate, R"({"ImageURI":"http://x/y","Targets":[{"@odata.id":"/x"}]})").status == 400);
  CHECK(
      desk.post(kSimpleUpdate, R"({"ImageURI":"http://x/y","@Redfish.OperationApplyTime":"AtMaintenanceWindowStart"})")
          .status == 400);
  CHECK(desk.pulls == 0);
}

TEST_CASE("the second update waits") {
  Desk desk("redfish");
  desk.images[kImage] = make_image("redfish", "bmc", "1.46.512c02-rev1", 4096);
  desk.post(kSimpleUpdate, R"({"ImageURI":"http://fw.example/image.bin"})");
  const BmcResponse busy = desk.post(kSimpleUpdate, R"({"ImageURI":"http://fw.example/image.bin"})");
  CHECK(busy.status == 503);
  CHECK(header(busy, "Retry-After") == "30");
  CHECK(message_key(busy) == "ServiceTemporarilyUnavailable");
}

TEST_CASE("a multipart push has its parts in order and with their types") {
  Desk desk("redfish");
  const std::string image = make_image("redfish", "bios", "P79 v1.50", 4096);
  const std::string uri = multipart_uri(desk);
  const http::FormPart parameters{"UpdateParameters", "", "application/json", std::string("{}")};
  const http::FormPart file{"UpdateFile", "bios.bin", "application/octet-stream", image};
  CHECK(desk.push(uri, {file, parameters}, desk.credentials()).status == 400);
  CHECK(desk.push(uri, {parameters}, desk.credentials()).status == 400);
  CHECK(desk.push(uri, {{"UpdateParameters", "", "", std::string("{}")}, file}, desk.credentials()).status == 400);
  CHECK(desk.push(uri, {parameters, {"UpdateFile", "", "", image}}, desk.credentials()).status == 400);
  CHECK(desk.push(uri, {parameters, file, {"Extra", "", "", std::string("x")}}, desk.credentials()).status == 400);
  CHECK(desk.push(uri, form(image, "bios.bin", R"({"Unknown":1})"), desk.credentials()).status == 400);
  CHECK(desk.bmc->flashes() == 0);
  CHECK(desk.push(uri, form(image, "bios.bin"), desk.credentials()).status == 202);
  desk.pass(200);
  CHECK(task_state(desk, "1") == "Completed");
  CHECK(desk.body("/redfish/v1/Systems/437XR1138R2").text("BiosVersion") == "P79 v1.45 (12/06/2017)");
  CHECK(desk.post("/redfish/v1/Systems/437XR1138R2/Actions/ComputerSystem.Reset", R"({"ResetType":"ForceRestart"})")
            .status == 204);
  desk.pass(200);
  CHECK(desk.body("/redfish/v1/Systems/437XR1138R2").text("BiosVersion") == "P79 v1.50 (09/15/2025)");
  CHECK(item(desk, "Id", "BIOS").text("Version") == "P79 v1.50");
}

TEST_CASE("targets that are not meant for the image fail the task") {
  Desk desk("redfish");
  const std::string image = make_image("redfish", "bios", "P79 v1.50", 4096);
  const std::string right = R"({"Targets":["/redfish/v1/UpdateService/FirmwareInventory/BIOS"]})";
  const std::string wrong = R"({"Targets":["/redfish/v1/UpdateService/FirmwareInventory/BMC"]})";
  CHECK(desk.push(multipart_uri(desk), form(image, "b.bin", wrong), desk.credentials()).status == 202);
  desk.pass(60);
  CHECK(task_state(desk, "1") == "Exception");
  CHECK(desk.push(multipart_uri(desk), form(image, "b.bin", right), desk.credentials()).status == 202);
  desk.pass(200);
  CHECK(task_state(desk, "2") == "Completed");
}

TEST_CASE("a raw push is an octet stream") {
  Desk desk("redfish");
  http::Headers headers = desk.credentials();
  headers.set("Content-Type", "application/octet-stream");
  const std::string image = make_image("redfish", "bmc", "1.46.512c02-rev1", 4096);
  CHECK(desk.send(http::Method::post, "/FWUpdate", headers, image).status == 202);
  headers.set("Content-Type", "text/plain");
  CHECK(desk.send(http::Method::post, "/FWUpdate", headers, image).status == 400);
}

// --- Dell ---

TEST_CASE("an iDRAC's job is named in Location, and its reply has no body") {
  Desk desk("idrac9");
  const std::string image = make_image("idrac9", "bios", "1.14.1", 4096);
  const BmcResponse accepted =
      desk.push(multipart_uri(desk),
                form(image, "BIOS_1.14.1.EXE", R"({"Targets":[],"@Redfish.OperationApplyTime":"OnReset","Oem":{}})"),
                desk.credentials());
  REQUIRE(accepted.status == 202);
  CHECK(accepted.body.empty());
  const std::string location = header(accepted, "Location");
  CHECK(location.starts_with("/redfish/v1/TaskService/Tasks/JID_"));
  const std::string id = location.substr(location.rfind('/') + 1);
  desk.pass(60);
  const json::Value task = desk.body(location);
  CHECK(task.text("TaskState") == "Pending");
  CHECK(task["Oem"]["Dell"].text("JobState") == "Scheduled");
  CHECK(task["Oem"]["Dell"].text("Name") == "Firmware Update: BIOS");
  CHECK(desk.get("/redfish/v1/Managers/iDRAC.Embedded.1/Oem/Dell/Jobs/" + id).status == 200);
  CHECK(desk.get("/redfish/v1/JobService/Jobs/" + id).status == 200);
  CHECK(desk.bmc->flashes() == 0);
  CHECK(desk.bmc->host_boots() == 0);
}

TEST_CASE("on an iDRAC the new BIOS has a new id, and the old one becomes the previous") {
  Desk desk("idrac9");
  const std::string image = make_image("idrac9", "bios", "1.14.1", 4096);
  desk.push(multipart_uri(desk), form(image, "BIOS_1.14.1.EXE", R"({"@Redfish.OperationApplyTime":"OnReset"})"),
            desk.credentials());
  desk.pass(60);
  CHECK(desk.post("/redfish/v1/Systems/System.Embedded.1/Actions/ComputerSystem.Reset",
                  R"({"ResetType":"GracefulRestart"})")
            .status == 204);
  desk.pass(40);
  CHECK(desk.bmc->flashes() == 1);
  desk.pass(600);
  const std::string inventory = kUpdateUri + "/FirmwareInventory/";
  CHECK(desk.body(inventory + "Installed-159-1.14.1__BIOS.Setup.1-1").text("Version") == "1.14.1");
  CHECK(desk.body(inventory + "Current-159-1.14.1__BIOS.Setup.1-1").text("Version") == "1.14.1");
  CHECK(desk.body(inventory + "Previous-159-1.8.2__BIOS.Setup.1-1").text("Version") == "1.8.2");
  CHECK(desk.get(inventory + "Installed-159-1.8.2__BIOS.Setup.1-1").status == 404);
  CHECK(desk.get(inventory + "Previous-159-1.2.4__BIOS.Setup.1-1").status == 404);
  CHECK(desk.body(inventory.substr(0, inventory.size() - 1))["Members"].items().size() == 29);
  CHECK(desk.body("/redfish/v1/Systems/System.Embedded.1").text("BiosVersion") == "1.14.1");
}

TEST_CASE("an iDRAC restarts the host by itself when BIOS is to be applied at once") {
  Desk desk("idrac9");
  const std::string image = make_image("idrac9", "bios", "1.14.1", 4096);
  desk.push(multipart_uri(desk), form(image, "BIOS.EXE", R"({"@Redfish.OperationApplyTime":"Immediate"})"),
            desk.credentials());
  desk.pass(900);
  CHECK(desk.bmc->host_boots() == 1);
  CHECK(desk.bmc->running_version("bios") == "1.14.1");
}

TEST_CASE("an iDRAC flashes itself, forgets its sessions, and keeps its jobs") {
  Desk desk("idrac9");
  desk.log_in();
  const std::string image = make_image("idrac9", "bmc", "6.10.80.00", 4096);
  const std::string location =
      header(desk.push(multipart_uri(desk), form(image, "firmimgFIT.d9"), desk.credentials()), "Location");
  desk.pass(460);
  CHECK(desk.bmc->offline());
  desk.pass(250);
  CHECK(desk.get(location).status == 401);
  desk.token.clear();
  CHECK(desk.body(location).text("TaskState") == "Completed");
  CHECK(desk.body("/redfish/v1/Managers/iDRAC.Embedded.1").text("FirmwareVersion") == "6.10.80.00");
  const json::Value links = desk.body("/redfish/v1/Managers/iDRAC.Embedded.1")["Links"];
  CHECK(desk.get(std::string(links["ActiveSoftwareImage"].text("@odata.id"))).status == 200);
}

TEST_CASE("an iDRAC's finished tasks vanish while their jobs stay") {
  Desk desk("idrac9");
  const std::string location =
      header(desk.push(multipart_uri(desk), form("junk", "x.EXE"), desk.credentials()), "Location");
  desk.pass(700);
  CHECK(desk.get(location).status == 404);
  CHECK(desk.get("/redfish/v1/JobService/Jobs/" + location.substr(location.rfind('/') + 1)).status == 200);
}

TEST_CASE("an iDRAC looks at the file's name") {
  Desk desk("idrac9");
  const std::string image = make_image("idrac9", "bios", "1.14.1", 4096);
  CHECK(desk.push(multipart_uri(desk), form(image, "image.img"), desk.credentials()).status == 400);
  CHECK(desk.push(multipart_uri(desk), form(image, "tmp/BIOS.EXE"), desk.credentials()).status == 400);
}

// --- Lenovo ---

TEST_CASE("an XCC takes multipart pushes, stages its own image, and runs it after a reset of the manager") {
  Desk desk("xcc");
  const std::string image = make_image("xcc", "bmc", "46A-3.00", 4096);
  CHECK(desk.patch(kUpdateUri, R"({"HttpPushUriTargetsBusy":true})").status == 200);
  const BmcResponse accepted =
      desk.push("/mfwupdate", form(image, "xcc.uxz", R"({"Targets":[],"@Redfish.OperationApplyTime":"Immediate"})"),
                desk.credentials());
  REQUIRE(accepted.status == 202);
  CHECK(parsed(accepted.body).text("Id") == "1");
  desk.pass(300);
  CHECK(task_state(desk, "1") == "Completed");
  CHECK(item(desk, "Id", "BMC-Primary").text("Version") == "42S-2.83");
  CHECK(item(desk, "Id", "BMC-Primary-Pending").text("Version") == "46A-3.00");
  CHECK(desk.post("/redfish/v1/Managers/1/Actions/Manager.Reset", R"({"ResetType":"GracefulRestart"})").status == 204);
  desk.pass(200);
  CHECK(item(desk, "Id", "BMC-Primary").text("Version") == "46A-3.00");
  CHECK(item(desk, "Id", "BMC-Primary-Pending").text("Version") == "-*");
  CHECK(desk.body("/redfish/v1/Managers/1").text("FirmwareVersion") == "TGBT46A 3.00 2025-09-15");
  CHECK(desk.body(kUpdateUri)["HttpPushUriTargetsBusy"].as_bool() == true);  // a flag outlives the client
}

TEST_CASE("an XCC's UEFI is pending until the host boots") {
  Desk desk("xcc");
  desk.push("/mfwupdate", form(make_image("xcc", "bios", "24C-1.60", 4096), "uefi.uxz"), desk.credentials());
  desk.pass(200);
  CHECK(item(desk, "Id", "UEFI-Pending").text("Version") == "24C-1.60");
  CHECK(desk.post("/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", R"({"ResetType":"ForceRestart"})").status ==
        204);
  desk.pass(300);
  CHECK(item(desk, "Id", "UEFI").text("Version") == "24C-1.60");
  CHECK(item(desk, "Id", "UEFI-Pending")["Version"].is_null());
  CHECK(desk.body("/redfish/v1/Systems/1").text("BiosVersion") == "U8E124C");
}

TEST_CASE("an XCC skips the same and lower versions without a word, unless forced") {
  Desk desk("xcc");
  const std::string image = make_image("xcc", "bmc", "40A-2.50", 4096);
  desk.push("/mfwupdate", form(image, "xcc.uxz"), desk.credentials());
  desk.pass(400);
  CHECK(task_state(desk, "1") == "Completed");
  CHECK(desk.bmc->flashes() == 0);
  desk.push("/mfwupdate", form(image, "xcc.uxz", R"({"ForceUpdate":true})"), desk.credentials());
  desk.pass(400);
  CHECK(desk.bmc->flashes() == 1);
}

TEST_CASE("an XCC takes its backup bank as the only target") {
  Desk desk("xcc");
  const std::string image = make_image("xcc", "bmc", "46A-3.00", 4096);
  CHECK(desk.push("/mfwupdate",
                  form(image, "x.uxz", R"({"Targets":["/redfish/v1/UpdateService/FirmwareInventory/UEFI"]})"),
                  desk.credentials())
            .status == 400);
  CHECK(desk.push("/mfwupdate",
                  form(image, "x.uxz", R"({"Targets":["/redfish/v1/UpdateService/FirmwareInventory/BMC-Backup"]})"),
                  desk.credentials())
            .status == 202);
  desk.pass(400);
  CHECK(item(desk, "Id", "BMC-Backup").text("Version") == "46A-3.00");
  CHECK(item(desk, "Id", "BMC-Primary").text("Version") == "42S-2.83");
}

TEST_CASE("reading the monitor of an XCC's finished task deletes the task") {
  Desk desk("xcc");
  desk.push("/mfwupdate", form(make_image("xcc", "bios", "24C-1.60", 4096), "uefi.uxz"), desk.credentials());
  desk.pass(300);
  CHECK(task_state(desk, "1") == "Completed");
  CHECK(desk.get("/redfish/v1/TaskService/TaskMonitors/1").status == 200);
  CHECK(desk.get("/redfish/v1/TaskService/Tasks/1").status == 404);
  CHECK(desk.get("/redfish/v1/TaskService/TaskMonitors/1").status == 404);
}

TEST_CASE("an XCC refuses a second push with 503") {
  Desk desk("xcc");
  desk.push("/mfwupdate", form(make_image("xcc", "bios", "24C-1.60", 4096), "uefi.uxz"), desk.credentials());
  http::Headers headers = desk.credentials();
  headers.set("Content-Type", "application/octet-stream");
  CHECK(desk.send(http::Method::post, "/fwupdate", headers, "x").status == 503);
}

// --- OpenBMC ---

TEST_CASE("OpenBMC takes one image, names it by its hash, and runs it after the restart") {
  Desk desk("openbmc");
  const std::string version = "2.16.0-dev-101-g2fd1a3c5b7";
  const std::string image = make_image("openbmc", "bmc", version, 4096);
  const BmcResponse accepted =
      desk.push(multipart_uri(desk), form(image, "obmc.tar", R"({"@Redfish.OperationApplyTime":"Immediate"})"),
                desk.credentials());
  REQUIRE(accepted.status == 202);
  CHECK(header(accepted, "Location") == "/redfish/v1/TaskService/TaskMonitors/1");
  CHECK(header(accepted, "Retry-After") == "30");
  CHECK(desk.push(multipart_uri(desk), form(image, "obmc.tar"), desk.credentials()).status == 503);
  desk.pass(20);
  json::Value members = desk.body(kUpdateUri + "/FirmwareInventory")["Members"];
  CHECK(members.items().size() == 2);
  desk.pass(300);
  members = desk.body(kUpdateUri + "/FirmwareInventory")["Members"];
  REQUIRE(members.items().size() == 1);
  const std::string uri(members.items().front().text("@odata.id"));
  CHECK(uri != kUpdateUri + "/FirmwareInventory/5d0869c4");
  CHECK(uri.substr(uri.rfind('/') + 1).size() == 8);
  CHECK(desk.body(uri).text("Version") == version);
  const json::Value manager = desk.body("/redfish/v1/Managers/bmc");
  CHECK(manager.text("FirmwareVersion") == version);
  CHECK(manager["Links"]["ActiveSoftwareImage"].text("@odata.id") == uri);
  CHECK(desk.body("/redfish/v1/TaskService/Tasks")["Members"].items().empty());
}

TEST_CASE("OpenBMC waits for a restart when it is told to, and its monitor answers once") {
  Desk desk("openbmc");
  const std::string image = make_image("openbmc", "bmc", "2.16.0-dev-101-g2fd1a3c5b7", 4096);
  http::Headers headers = desk.credentials();
  headers.set("Content-Type", "application/octet-stream");
  CHECK(desk.send(http::Method::post, "/redfish/v1/UpdateService/update", headers, image).status == 202);
  desk.pass(200);
  CHECK_FALSE(desk.bmc->offline());
  CHECK(desk.bmc->bmc_restarts() == 0);
  CHECK(desk.get("/redfish/v1/TaskService/TaskMonitors/1").status == 204);
  CHECK(desk.get("/redfish/v1/TaskService/TaskMonitors/1").status == 404);
  CHECK(task_state(desk, "1") == "Completed");
  CHECK(desk.bmc->running_version("bmc") == "2.15.0-dev-686-g100c36de90");
  CHECK(desk.post("/redfish/v1/Managers/bmc/Actions/Manager.Reset", R"({"ResetType":"GracefulRestart"})").status ==
        204);
  desk.pass(100);
  CHECK(desk.bmc->running_version("bmc") == "2.16.0-dev-101-g2fd1a3c5b7");
}

TEST_CASE("OpenBMC refuses bad images at once, and has no pull") {
  Desk desk("openbmc");
  CHECK(message_key(desk.push(multipart_uri(desk), form("junk", "x.tar"), desk.credentials())) ==
        "MissingOrMalformedPart");
  const std::string same = make_image("openbmc", "bmc", "2.15.0-dev-686-g100c36de90", 4096);
  CHECK(message_key(desk.push(multipart_uri(desk), form(same, "x.tar"), desk.credentials())) ==
        "ResourceAlreadyExists");
  const std::string foreign = make_image("xcc", "bmc", "46A-3.00", 4096);
  CHECK(desk.push(multipart_uri(desk), form(foreign, "x.tar"), desk.credentials()).status == 500);
  CHECK(desk.push(multipart_uri(desk), form(same, "x.tar", R"({"ForceUpdate":true})"), desk.credentials()).status ==
        400);
  CHECK(desk.post(kSimpleUpdate, R"({"ImageURI":"http://x/y"})").status == 404);
}

TEST_CASE("an image above the limit is too large") {
  Desk desk("xcc");
  http::Headers headers = desk.credentials();
  headers.set("Content-Type", "application/octet-stream");
  CHECK(desk.send(http::Method::post, "/fwupdate", headers, std::string(250'000'001, 'x')).status == 413);
}

}  // namespace
}  // namespace firmform::simulators

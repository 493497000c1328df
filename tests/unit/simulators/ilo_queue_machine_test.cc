// SPDX-License-Identifier: Apache-2.0
// ilo.md 8 to 11: queue, windows, install sets and agent as parts of whole machines, over their resources.
#include "tests/unit/simulators/ilo_service.h"

namespace firmform::simulators {
namespace {

const std::string kQueueUri = kService + "/UpdateTaskQueue";
const std::string kWindowsUri = kService + "/MaintenanceWindows";
const std::string kSetsUri = kService + "/InstallSets";
const std::string kRecoverySet = kSetsUri + "/a74b22b6";
const std::string kAgent = "/redfish/v1/systems/1/hpsut";
const std::string kRunningAgent = R"([{"fault":"agent","mode":"AutoDeployReboot"}])";

/// What the lab calls newer than the captured machine.
struct Newer {
  std::string model;
  std::string bmc;
  std::string bios;
};

const std::vector<Newer>& generations() {
  static const std::vector<Newer> all{{"ilo5", "3.12 Sep 15 2025", "U46 v2.36 (07/10/2025)"},
                                      {"ilo6", "1.68 Apr 22 2025", "U58 v2.54 (07/10/2025)"},
                                      {"ilo7", "1.14.00 May 28 2025", "U72 v1.40 (05/22/2025)"}};
  return all;
}

struct QueueDesk : Desk {
  explicit QueueDesk(const std::string& model, const std::string& faults = "[]") : Desk(model, faults), machine(model) {
    log_in();
  }

  /// Stores the raw image of a component; gives its file name.
  std::string store(const std::string& component, const std::string& version) {
    const std::string name = image_file_name(machine, component, version);
    keep_file(*this, name, make_image(machine, component, version, 4096));
    return name;
  }
  std::string store_package(const std::string& component, const std::string& version) {
    const std::string name = package_file_name(machine, component, version);
    keep_file(*this, name, *make_fwpkg(machine, component, version, 4096));
    return name;
  }
  /// Adds an ApplyUpdate; gives its URI.
  std::string queue(const std::string& name, const std::string& file, const std::string& more = "") {
    const BmcResponse made =
        post(kQueueUri, fmt::format(R"({{"Name":"{}","Command":"ApplyUpdate","Filename":"{}","TPMOverride":true{}}})",
                                    name, file, more));
    INFO(made.body);
    REQUIRE(made.status == 201);
    return std::string(parsed(made.body).text("@odata.id"));
  }
  std::string state(const std::string& uri) { return std::string(body(uri).text("State")); }
  bool reset_host() { return post(kServerReset, R"({"ResetType":"ForceRestart"})").status == 200; }
  void log_in_again() {
    token.clear();
    log_in();
  }

  std::string machine;
};

// --- resources ---

TEST_CASE("queue, windows and install sets say what can be done with them") {
  QueueDesk desk("ilo6");
  for (const std::string& uri : {kQueueUri, kWindowsUri, kSetsUri}) {
    CHECK(header(desk.get(uri), "Allow") == "GET, HEAD, POST");
    const BmcResponse refused = desk.write(http::Method::patch, uri, "{}");
    CHECK(refused.status == 405);
  }
  CHECK(header(desk.get(kRecoverySet), "Allow") == "GET, HEAD, PATCH, DELETE");
}

TEST_CASE("what is made is found at the Location of the answer, with the tag of the answer") {
  QueueDesk desk("ilo7");
  const BmcResponse made =
      desk.post(kWindowsUri, R"({"Name":"Christmas Maintenance Window","StartAfter":"2026-12-25T00:00:00Z"})");
  CHECK(made.status == 201);
  CHECK(header(made, "Location") == "https://lab.example" + kWindowsUri + "/7ada2ed8/");
  CHECK(desk.body(kWindowsUri + "/7ada2ed8").text("Name") == "Christmas Maintenance Window");
  CHECK(header(desk.get(kWindowsUri + "/7ada2ed8"), "ETag") == header(made, "ETag"));
}

TEST_CASE("links of queue and windows copy the slash of the request") {
  QueueDesk desk("ilo5");
  desk.post(kWindowsUri, R"({"Name":"Christmas Maintenance Window"})");
  CHECK(desk.body(kWindowsUri + "/")["Members"].items().front().text("@odata.id") == kWindowsUri + "/7ada2ed8/");
  CHECK(desk.body(kWindowsUri + "/7ada2ed8/").text("@odata.id") == kWindowsUri + "/7ada2ed8/");
  CHECK(desk.body(kWindowsUri)["Members"].items().front().text("@odata.id") == kWindowsUri + "/7ada2ed8");
}

TEST_CASE("a collection of queue entries can be expanded, and its members carry no tags") {
  QueueDesk desk("ilo6");
  desk.post(kQueueUri, R"({"Name":"never","Filename":"x"})");
  const json::Value members = desk.body(kQueueUri + "?$expand=.")["Members"];
  REQUIRE(members.items().size() == 1);
  CHECK(members.items().front().text("Component") == "0");
  CHECK(members.items().front().find("@odata.etag") == nullptr);
}

TEST_CASE("the tag of an entry changes with its state and with nothing else") {
  QueueDesk desk("ilo7", R"([{"fault":"queue_entry","Name":"MyTask","Command":"ResetServer",
    "UpdatableBy":["RuntimeAgent"]}])");
  const std::string uri = kQueueUri + "/9774ef68";
  const std::string before = header(desk.get(uri), "ETag");
  CHECK(before == "W/\"87334922\"");  // 0x0534A00A
  CHECK(desk.patch(uri, R"({"Expire":"2026-12-25T00:00:00Z"})").status == 200);
  CHECK(header(desk.get(uri), "ETag") == before);
  CHECK(desk.patch(uri, R"({"State":"InProgress"})").status == 200);
  CHECK(header(desk.get(uri), "ETag") != before);
}

TEST_CASE("a stale tag keeps an entry from being changed") {
  QueueDesk desk("ilo6", R"([{"fault":"queue_entry","Name":"MyTask","Command":"ResetServer",
    "UpdatableBy":["RuntimeAgent"]}])");
  http::Headers headers = desk.credentials();
  headers.set("If-Match", "W/\"12345678\"");
  const BmcResponse refused =
      desk.send(http::Method::patch, kQueueUri + "/9774ef68", headers, R"({"State":"Canceled"})");
  CHECK(refused.status == 412);
  CHECK(message_key(refused) == "PreconditionFailed");
}

TEST_CASE("an account without the privilege to configure iLO changes nothing of the queue") {
  QueueDesk desk("ilo6", R"([{"fault":"privileges","names":["LoginPriv"]}])");
  const BmcResponse refused = desk.post(kQueueUri, R"({"Name":"a","Command":"ResetServer"})");
  CHECK(refused.status == 403);
  CHECK(message_key(refused) == "InsufficientPrivilege");
  CHECK(desk.body(kQueueUri)["Members"].items().empty());
}

// --- entries of the BMC ---

TEST_CASE("a System ROM that is queued for iLO is written at once and runs after the next boot") {
  const Newer newer = GENERATE(from_range(generations()));
  QueueDesk desk(newer.model);
  const std::string file = desk.store("bios", newer.bios);
  const std::string before = desk.bmc->running_version("bios");
  const std::string entry = desk.queue("bios", file);
  CHECK(desk.body(entry).text("Component") == component_uri(file));
  CHECK(desk.state(entry) == "InProgress");
  CHECK(service_state(desk) == "Updating");
  CHECK(desk.body(component_uri(file))["Locked"].as_bool() == true);
  desk.pass(400);
  CHECK(desk.state(entry) == "Complete");
  CHECK(desk.bmc->running_version("bios") == before);
  REQUIRE(desk.reset_host());
  desk.pass(600);
  CHECK(desk.bmc->running_version("bios") == newer.bios);
  CHECK(item(desk, "Description", "SystemRomActive").text("Version") == newer.bios);
  CHECK(desk.bmc->host_boots() == 1);
}

TEST_CASE("an iLO that installs itself from the queue restarts, and its entry is complete after that") {
  const Newer newer = GENERATE(from_range(generations()));
  QueueDesk desk(newer.model);
  const std::string file = desk.store("bmc", newer.bmc);
  const std::string entry = desk.queue("ilo", file);
  desk.pass(600);
  CHECK(desk.bmc->bmc_restarts() == 1);
  CHECK(desk.get(kQueueUri).status == 401);
  desk.log_in_again();
  CHECK(desk.state(entry) == "Complete");
  CHECK(desk.bmc->running_version("bmc") == newer.bmc);
  CHECK(desk.bmc->host_boots() == 0);
}

TEST_CASE("iLO goes on with the queue after it has installed itself") {
  QueueDesk desk("ilo5");
  const std::string ilo = desk.store("bmc", "3.12 Sep 15 2025");
  const std::string rom = desk.store("bios", "U46 v2.36 (07/10/2025)");
  const std::string first = desk.queue("ilo", ilo);
  const std::string second = desk.queue("bios", rom);
  const std::string third = "reset";
  REQUIRE(desk.post(kQueueUri, R"({"Name":"reset","Command":"ResetServer","UpdatableBy":["Bmc"]})").status == 201);
  desk.pass(1200);
  desk.log_in_again();
  CHECK(desk.state(first) == "Complete");
  CHECK(desk.state(second) == "Complete");
  CHECK(desk.state(kQueueUri + "/" + ilo_object_id(third)) == "Complete");
  CHECK(desk.bmc->host_boots() == 1);
  CHECK(desk.bmc->running_version("bios") == "U46 v2.36 (07/10/2025)");
}

TEST_CASE("an enabled TPM and no override end the entry of a System ROM, and it blocks the queue") {
  QueueDesk desk("ilo6", R"([{"fault":"tpm","enabled":true}])");
  const std::string file = desk.store("bios", "U58 v2.54 (07/10/2025)");
  const BmcResponse made =
      desk.post(kQueueUri, fmt::format(R"({{"Name":"bios","Command":"ApplyUpdate","Filename":"{}"}})", file));
  REQUIRE(made.status == 201);
  desk.pass(5);
  const json::Value entry = desk.body(kQueueUri + "/" + ilo_object_id("bios"));
  CHECK(entry.text("State") == "Exception");
  CHECK(entry["Result"].text("MessageId").ends_with(".FWFlashTPMOverrideFlagRequired"));
  CHECK(desk.bmc->flashes() == 0);
  const std::string behind = desk.queue("again", file);
  desk.pass(400);
  CHECK(desk.state(behind) == "Pending");
  CHECK(desk.write(http::Method::delete_, kQueueUri + "/" + ilo_object_id("bios"), "").status == 200);
  desk.pass(400);
  CHECK(desk.state(behind) == "Complete");
}

TEST_CASE("a queued file cannot be removed until its entry is gone") {
  QueueDesk desk("ilo5");
  const std::string file = desk.store("bios", "U46 v2.36 (07/10/2025)");
  const std::string entry = desk.queue("bios", file);
  desk.pass(400);
  CHECK(desk.write(http::Method::delete_, component_uri(file), "").status == 400);
  CHECK(desk.write(http::Method::delete_, entry, "").status == 200);
  CHECK(desk.body(component_uri(file))["Locked"].as_bool() == false);
  CHECK(desk.write(http::Method::delete_, component_uri(file), "").status == 200);
}

TEST_CASE("a complete entry is gone after a day and unlocks its file") {
  QueueDesk desk("ilo5");
  const std::string file = desk.store("bios", "U46 v2.36 (07/10/2025)");
  desk.queue("bios", file);
  desk.pass(25 * 3600);
  desk.log_in_again();
  CHECK(desk.body(kQueueUri)["Members"].items().empty());
  CHECK(desk.body(component_uri(file))["Locked"].as_bool() == false);
}

TEST_CASE("the queue waits while somebody uploads, and an upload is refused while the queue installs") {
  QueueDesk desk("ilo5");
  const std::string file = desk.store("bios", "U46 v2.36 (07/10/2025)");
  desk.images[kMirror + "other.bin"] = make_image("ilo5", "bmc", "3.12", 4096);
  REQUIRE(add_from_uri(desk, "other.bin").status == 202);
  const std::string entry = desk.queue("bios", file);
  CHECK(desk.state(entry) == "Pending");
  desk.pass(60);
  CHECK(desk.state(entry) == "InProgress");
  const BmcResponse refused = add_from_uri(desk, "other.bin");
  CHECK(refused.status == 400);
  CHECK(message_key(refused) == "FirmwareFlashAlreadyInProgress");
}

TEST_CASE("a restart of the iLO in the middle of an install ends its entry as Exception") {
  QueueDesk desk("ilo5", R"([{"fault":"restart_bmc","method":"GET","path":"*/Chassis","seconds":1}])");
  const std::string entry = desk.queue("bios", desk.store("bios", "U46 v2.36 (07/10/2025)"));
  desk.pass(20);
  desk.get("/redfish/v1/Chassis");
  desk.pass(300);
  desk.log_in_again();
  CHECK(desk.state(entry) == "Exception");
}

TEST_CASE("NoDowngrade ends an entry that would go back") {
  QueueDesk desk("ilo6", R"([{"fault":"downgrade_policy","policy":"NoDowngrade"}])");
  const std::string entry = desk.queue("bios", desk.store("bios", "U58 v1.10 (01/10/2023)"));
  desk.pass(5);
  CHECK(desk.state(entry) == "Exception");
  CHECK(desk.body(entry)["Result"].text("MessageId").ends_with(".DowngradeNotAllowed"));
}

TEST_CASE("an entry without Command blocks the queue of a whole machine") {
  const std::string model = GENERATE("ilo5", "ilo5-old", "ilo6", "ilo7");
  QueueDesk desk(model);
  const BmcResponse made = desk.post(kQueueUri, R"({"Name":"FW for HPE Integrated Lights-Out 5","Filename":"x.bin"})");
  CHECK(made.status == 201);
  CHECK(parsed(made.body).text("Component") == "0");
  REQUIRE(desk.post(kQueueUri, R"({"Name":"MyTask","Command":"ResetServer","UpdatableBy":["Bmc"]})").status == 201);
  desk.pass(3600);
  desk.log_in_again();
  CHECK(desk.state(kQueueUri + "/9774ef68") == "Pending");
  CHECK(desk.bmc->host_boots() == 0);
}

// --- windows ---

TEST_CASE("an entry in a window is installed when the iLO's own clock says that the window is open") {
  const int skew = GENERATE(0, 3600);
  QueueDesk desk("ilo6", fmt::format(R"([{{"fault":"clock_skew","seconds":{}}}])", skew));
  const std::string file = desk.store("bios", "U58 v2.54 (07/10/2025)");
  REQUIRE(desk.post(kWindowsUri, R"({"Name":"Christmas Maintenance Window","StartAfter":"2026-11-22T02:00:00Z",
      "Expire":"2026-11-22T04:00:00Z"})")
              .status == 201);
  const std::string entry = desk.queue("bios", file, R"(,"MaintenanceWindow":"7ada2ed8")");
  desk.pass(7200 - skew - 120);
  desk.log_in_again();
  CHECK(desk.state(entry) == "Pending");
  desk.pass(120);
  CHECK(desk.state(entry) == "InProgress");
}

TEST_CASE("removing a window over its resource cancels its entries") {
  QueueDesk desk("ilo7");
  REQUIRE(
      desk.post(kWindowsUri, R"({"Name":"Christmas Maintenance Window","StartAfter":"2026-12-22T02:00:00Z"})").status ==
      201);
  REQUIRE(desk.post(kQueueUri, R"({"Name":"MyTask","Command":"ResetServer","MaintenanceWindow":"7ada2ed8"})").status ==
          201);
  CHECK(desk.write(http::Method::delete_, kWindowsUri + "/7ada2ed8", "").status == 200);
  CHECK(desk.state(kQueueUri + "/9774ef68") == "Canceled");
  CHECK(desk.post(kServiceActions + "DeleteUpdateTaskQueueItems", "").status == 200);
  CHECK(desk.body(kQueueUri)["Members"].items().empty());
}

TEST_CASE("a window survives a restart of the iLO, and its entry starts in it") {
  QueueDesk desk("ilo5");
  REQUIRE(
      desk.post(kWindowsUri, R"({"Name":"Christmas Maintenance Window","StartAfter":"2026-11-22T02:00:00Z"})").status ==
      201);
  REQUIRE(desk.post(kQueueUri, R"({"Name":"MyTask","Command":"ResetServer","MaintenanceWindow":"7ada2ed8"})").status ==
          201);
  REQUIRE(desk.post("/redfish/v1/Managers/1/Actions/Manager.Reset", "{}").status == 200);
  desk.pass(7300);
  desk.log_in_again();
  CHECK(desk.state(kQueueUri + "/9774ef68") == "Complete");
  CHECK(desk.bmc->host_boots() == 1);
}

// --- UEFI ---

TEST_CASE("a package that UEFI installs waits for POST, and the machine boots a second time with it") {
  QueueDesk desk("ilo5");
  const std::string file = desk.store_package("sps", "4.4.4.702");
  const std::string entry = desk.queue("sps", file);
  desk.pass(3000);
  desk.log_in_again();
  CHECK(desk.state(entry) == "Pending");
  CHECK(desk.bmc->flashes() == 0);
  REQUIRE(desk.reset_host());
  desk.pass(60);
  CHECK(desk.state(entry) == "InProgress");
  desk.pass(900);
  CHECK(desk.state(entry) == "Complete");
  CHECK(desk.bmc->host_boots() == 2);
  CHECK(desk.bmc->running_version("sps") == "4.4.4.702");
  CHECK(item(desk, "Description", "SPSFirmwareVersionData").text("Version") == "4.4.4.702");
}

TEST_CASE("a reset in the middle of an install in POST ends its entry as Exception") {
  QueueDesk desk("ilo5");
  const std::string entry = desk.queue("sps", desk.store_package("sps", "4.4.4.702"));
  REQUIRE(desk.reset_host());
  desk.pass(60);
  REQUIRE(desk.state(entry) == "InProgress");
  REQUIRE(desk.reset_host());
  desk.pass(600);
  CHECK(desk.state(entry) == "Exception");
  CHECK(desk.bmc->running_version("sps") != "4.4.4.702");
}

TEST_CASE("a machine that is switched off in POST begins with no other entry until it is in POST again") {
  QueueDesk desk("ilo5");
  const std::string file = desk.store_package("sps", "4.4.4.702");
  REQUIRE(desk.reset_host());
  desk.pass(60);
  REQUIRE(desk.post(kServerReset, R"({"ResetType":"ForceOff"})").status == 200);
  desk.pass(30);
  const std::string entry = desk.queue("sps", file);
  desk.pass(600);
  CHECK(desk.state(entry) == "Pending");
  REQUIRE(desk.post(kServerReset, R"({"ResetType":"On"})").status == 200);
  desk.pass(10);
  CHECK(desk.state(entry) == "Pending");
  desk.pass(900);
  CHECK(desk.state(entry) == "Complete");
}

TEST_CASE("a machine that is reset in POST begins with an entry when it is far enough in the next POST") {
  QueueDesk desk("ilo5");
  const std::string file = desk.store_package("sps", "4.4.4.702");
  REQUIRE(desk.reset_host());
  desk.pass(60);
  REQUIRE(desk.reset_host());
  const std::string entry = desk.queue("sps", file);
  desk.pass(10);
  CHECK(desk.state(entry) == "Pending");
  desk.pass(30);
  CHECK(desk.state(entry) == "InProgress");
}

// --- agent ---

TEST_CASE("an agent that is there works on its entries and reboots the host") {
  QueueDesk desk("ilo6", kRunningAgent);
  CHECK(desk.body(kAgent).text("Mode") == "AutoDeployReboot");
  CHECK(desk.body(kAgent).text("ServiceState") == "Running");
  CHECK(desk.body(kAgent + "/settings")["EnableiLOQueuedUpdates"].as_bool() == true);
  const std::string file = desk.store("bios", "U58 v2.54 (07/10/2025)");
  const std::string entry = desk.queue("bios", file, R"(,"UpdatableBy":["RuntimeAgent"])");
  CHECK(desk.state(entry) == "Pending");
  desk.pass(1500);
  CHECK(desk.state(entry) == "Complete");
  CHECK(desk.bmc->host_boots() == 1);
  CHECK(desk.bmc->running_version("bios") == "U58 v2.54 (07/10/2025)");
}

TEST_CASE("without an agent its entries never progress, and nothing is shown of one") {
  QueueDesk desk("ilo6");
  const std::string file = desk.store("bios", "U58 v2.54 (07/10/2025)");
  const std::string entry = desk.queue("bios", file, R"(,"UpdatableBy":["RuntimeAgent"])");
  REQUIRE(desk.reset_host());
  desk.pass(24 * 3600);
  desk.log_in_again();
  CHECK(desk.state(entry) == "Pending");
  CHECK(desk.get(kAgent).status == 404);
}

TEST_CASE("an agent in OnDemand or one that is stopped leaves the queue alone") {
  const std::string fault = GENERATE(R"("mode":"OnDemand")", R"("service_state":"Stopped")");
  QueueDesk desk("ilo5", fmt::format(R"([{{"fault":"agent",{}}}])", fault));
  const std::string file = desk.store("bios", "U46 v2.36 (07/10/2025)");
  const std::string entry = desk.queue("bios", file, R"(,"UpdatableBy":["RuntimeAgent"])");
  desk.pass(7200);
  desk.log_in_again();
  CHECK(desk.state(entry) == "Pending");
}

// --- install sets ---

TEST_CASE("an install set that is invoked installs all that it names, in order") {
  const Newer newer = GENERATE(from_range(generations()));
  QueueDesk desk(newer.model);
  const std::string ilo = desk.store("bmc", newer.bmc);
  const std::string rom = desk.store("bios", newer.bios);
  const BmcResponse made = desk.post(kSetsUri, fmt::format(R"({{"Name":"MyInstallSet","Sequence":[
    {{"Name":"iLO","Filename":"{}","Command":"ApplyUpdate","UpdatableBy":["Bmc"]}},
    {{"Name":"ROM","Filename":"{}","Command":"ApplyUpdate","UpdatableBy":["Bmc"]}},
    {{"Name":"Reset","Command":"ResetServer","UpdatableBy":["Bmc"]}}]}})",
                                                           ilo, rom));
  REQUIRE(made.status == 201);
  const std::string target(parsed(made.body)["Actions"]["#HpeComponentInstallSet.Invoke"].text("target"));
  const BmcResponse invoked = desk.post(target, R"({"TPMOverride":true,"ClearTaskQueue":true})");
  CHECK(invoked.status == 200);
  CHECK(message_key(invoked) == "Success");
  CHECK(desk.body(kQueueUri)["Members"].items().size() == 3);
  desk.pass(2400);
  desk.log_in_again();
  CHECK(desk.bmc->running_version("bmc") == newer.bmc);
  CHECK(desk.bmc->running_version("bios") == newer.bios);
  CHECK(desk.bmc->host_boots() == 1);
  CHECK(desk.state(kQueueUri + "/" + ilo_object_id("Reset")) == "Complete");
}

TEST_CASE("the captured recovery set is offered with its action and keeps its files") {
  const std::string model = GENERATE("ilo5", "ilo6", "ilo7");
  QueueDesk desk(model);
  const json::Value set = desk.body(kRecoverySet);
  CHECK(set["IsRecovery"].as_bool() == true);
  CHECK_FALSE(set["Actions"]["#HpeComponentInstallSet.Invoke"].text("target").empty());
  for (const json::Value& step : set["Sequence"].items()) {
    if (step.text("Command") != "ApplyUpdate") continue;
    CHECK(desk.body(std::string(step.text("Component")))["Locked"].as_bool() == true);
  }
  CHECK(desk.write(http::Method::delete_, std::string(set["Sequence"].items().front().text("Component")), "").status ==
        400);
}

TEST_CASE("a file of an install set is free again once the set is gone") {
  QueueDesk desk("ilo6");
  const std::string rom = desk.store("bios", "U58 v2.54 (07/10/2025)");
  REQUIRE(desk.post(kSetsUri, fmt::format(R"({{"Name":"MyInstallSet","Sequence":[
    {{"Name":"ROM","Filename":"{}","Command":"ApplyUpdate"}}]}})",
                                          rom))
              .status == 201);
  CHECK(desk.body(component_uri(rom))["Locked"].as_bool() == true);
  CHECK(desk.post(kServiceActions + "DeleteInstallSets", "{}").status == 200);
  CHECK(desk.body(component_uri(rom))["Locked"].as_bool() == false);
  CHECK(desk.get(kRecoverySet).status == 200);
}

// --- what the documents leave open ---

TEST_CASE("choices about disagreements are made as faults") {
  QueueDesk desk("ilo6", R"([{"fault":"disagreement","about":"duplicate_status","choice":409},
    {"fault":"disagreement","about":"queue_capacity","choice":1},
    {"fault":"disagreement","about":"unbound_without_command","choice":false}])");
  CHECK(message_key(desk.post(kQueueUri, R"({"Name":"a","Filename":"x"})")) == "PropertyMissing");
  const std::string body = R"({"Name":"MyTask","Command":"ResetServer","UpdatableBy":["RuntimeAgent"]})";
  REQUIRE(desk.post(kQueueUri, body).status == 201);
  CHECK(desk.post(kQueueUri, body).status == 409);
  const BmcResponse full = desk.post(kQueueUri, R"({"Name":"b","Command":"ResetServer"})");
  CHECK(message_key(full) == "UpdateTaskQueueFull");
}

TEST_CASE("how a locked component is refused can be chosen") {
  QueueDesk desk("ilo5", R"([{"fault":"disagreement","about":"locked_status","choice":409},
    {"fault":"disagreement","about":"locked_key","choice":"ResourceCannotBeDeleted"}])");
  const BmcResponse refused = desk.write(http::Method::delete_, component_uri("ilo5_271.bin"), "");
  CHECK(refused.status == 409);
  CHECK(message_key(refused) == "ResourceCannotBeDeleted");
}

TEST_CASE("choices that there are not are refused when the machine is made") {
  const std::string fault = GENERATE(R"({"fault":"disagreement","about":"colour","choice":true})",
                                     R"({"fault":"disagreement","about":"duplicate_status","choice":200})",
                                     R"({"fault":"disagreement","about":"three_updaters_split","choice":"yes"})");
  BmcOptions options;
  options.model = "ilo6";
  options.faults = parsed("[" + fault + "]");
  const auto made = make_bmc(options, UtcTime{});
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code() == Code::lab_failed);
}

TEST_CASE("a queue may hold what somebody else left there") {
  QueueDesk desk("ilo5", R"([{"fault":"queue_entry","Name":"theirs","Command":"ApplyUpdate",
    "Filename":"ilo5_271.bin","State":"Exception","UpdatableBy":["Bmc"]}])");
  const json::Value entry = desk.body(kQueueUri + "/" + ilo_object_id("theirs"));
  CHECK(entry.text("State") == "Exception");
  CHECK(entry.text("Component") == component_uri("ilo5_271.bin"));
  REQUIRE(desk.post(kQueueUri, R"({"Name":"MyTask","Command":"ResetServer","UpdatableBy":["Bmc"]})").status == 201);
  desk.pass(600);
  CHECK(desk.state(kQueueUri + "/9774ef68") == "Pending");
}

}  // namespace
}  // namespace firmform::simulators

// SPDX-License-Identifier: Apache-2.0
// ilo.md 4, 5, 6: how files come into an iLO's repository, what it says of them, and how they leave.
#include "tests/unit/simulators/ilo_service.h"

namespace firmform::simulators {
namespace {

const std::string kRom = "U46_2.36_07_10_2025.signed.flash";

std::string rom(std::size_t size = 4096) {
  return make_image("ilo5", "bios", "U46 v2.36 (07/10/2025)", size);
}

std::string task_state(Desk& desk, int number) {
  return std::string(desk.body(fmt::format("/redfish/v1/TaskService/Tasks/{}", number)).text("TaskState"));
}

TEST_CASE("a file that is pulled is uploaded, verified, written, and then a component of the repository") {
  Desk desk("ilo5");
  desk.images[kMirror + kRom] = rom();
  const BmcResponse accepted =
      add_from_uri(desk, kRom, R"(,"UpdateRepository":true,"UpdateTarget":false,"UploadCurrentEtag":"mine")");
  CHECK(accepted.status == 202);
  CHECK(header(accepted, "Location") == "https://lab.example/redfish/v1/TaskService/TaskMonitors/1/");
  CHECK(service_state(desk) == "Uploading");
  CHECK(service(desk).text("UploadCurrentEtag") == "mine");
  desk.pass(12);
  CHECK(service_state(desk) == "Verifying");
  desk.pass(15);
  CHECK(service_state(desk) == "Writing");
  CHECK(desk.get(component_uri(kRom)).status == 404);
  desk.pass(10);
  CHECK(service_state(desk) == "Complete");
  CHECK(task_state(desk, 1) == "Completed");
  const json::Value component = desk.body(component_uri(kRom));
  CHECK(component.text("Filename") == kRom);
  CHECK(component.text("ComponentUri") == "/fwrepo/" + kRom);
  CHECK(component.text("Name") == "System BIOS - U46");
  CHECK(component.text("Version") == "v2.36 (07/10/2025)");
  CHECK(component.text("Activates") == "AfterReboot");
  CHECK(component["UpdatableBy"] == json::Value(json::Array{"Bmc"}));
  CHECK(component.text("DeviceClass") == "aa148d2e-6e09-453e-bc6f-63baa5f5ccc4");
  CHECK(component["Locked"].as_bool() == false);
  CHECK(component["SizeBytes"].as_int() == static_cast<std::int64_t>(rom().size()));
  CHECK(desk.bmc->flashes() == 0);
  CHECK(desk.get("/fwrepo/" + kRom).body == rom());
}

TEST_CASE("AddFromUri without its flags flashes at once and stores nothing") {
  Desk desk("ilo5");
  const std::string name = "ilo5_312.bin";
  desk.images[kMirror + name] = make_image("ilo5", "bmc", "3.12", 4096);
  CHECK(add_from_uri(desk, name, "").status == 202);
  desk.pass(600);
  CHECK(desk.bmc->running_version("bmc") == "3.12 Sep 15 2025");
  CHECK(desk.get(component_uri(name)).status == 404);
}

TEST_CASE("AddFromUri stores and flashes when both are asked for") {
  Desk desk("ilo6");
  const std::string name = "ilo6_168.bin";
  desk.images[kMirror + name] = make_image("ilo6", "bmc", "1.68", 4096);
  CHECK(add_from_uri(desk, name, R"(,"UpdateRepository":true,"UpdateTarget":true)").status == 202);
  desk.pass(600);
  CHECK(desk.bmc->running_version("bmc") == "1.68 Sep 15 2025");
  CHECK(desk.body(component_uri(name)).text("Activates") == "AfterDeviceReset");
}

TEST_CASE("old firmware answers 200 to AddFromUri and makes no task") {
  Desk desk("ilo5-old");
  desk.images[kMirror + kRom] = rom();
  const BmcResponse accepted = add_from_uri(desk, kRom);
  CHECK(accepted.status == 200);
  CHECK(message_key(accepted) == "Success");
  CHECK(desk.body("/redfish/v1/TaskService/Tasks")["Members"].items().empty());
  desk.pass(70);
  CHECK(desk.get(component_uri(kRom)).status == 200);
}

TEST_CASE("AddFromUri refuses what its schema does not have") {
  Desk desk("ilo5");
  desk.images[kMirror + "x.bin"] = rom();
  const auto [more, key] = GENERATE(table<std::string, std::string>({
      {R"(,"Colour":"red")", "ActionParameterUnknown"},
      {R"(,"TPMOverride":true)", "ActionParameterUnknown"},
      {R"(,"UpdateTarget":"no")", "ActionParameterValueTypeError"},
      {R"(,"Section":0,"ComponentFileName":"a.exe")", "ActionParameterValueFormatError"},
      {R"(,"Section":1)", "ActionParameterMissing"},
      {R"(,"ComponentFileName":"a b.exe")", "ActionParameterValueFormatError"},
      {R"(,"CompSigURI":"ftp://fw.example/x.compsig")", "SourceDoesNotSupportProtocol"},
      {R"(,"UpdateRepository":true,"UpdateTarget":false,"Targets":[]")", "MalformedJSON"},
      {R"(,"UpdateTarget":false)", "UpdateBadParameter"},
      {R"(,"Targets":["/redfish/v1/UpdateService/FirmwareInventory/1"])", "NonPLDMUpdateableTargetURI"},
  }));
  INFO(more);
  const BmcResponse refused = add_from_uri(desk, "x.bin", more);
  CHECK(refused.status == 400);
  CHECK(message_key(refused) == key);
  CHECK(message_key(desk.post(kServiceActions + "AddFromUri", "{}")) == "ActionParameterMissing");
  CHECK(message_key(desk.post(kServiceActions + "AddFromUri", R"({"ImageURI":"fw.example/x.bin"})")) ==
        "SourceDoesNotSupportProtocol");
  Desk old("ilo5-old");
  CHECK(message_key(add_from_uri(old, "x.bin", R"(,"Targets":[])")) == "ActionParameterUnknown");
}

TEST_CASE("a name that the repository cannot keep is refused") {
  Desk desk("ilo5");
  const std::string longest(127, 'a');
  CHECK(message_key(add_from_uri(desk, longest + "b")) == "PropertyValueFormatError");
  CHECK(message_key(add_from_uri(desk, "a%20b.bin")) == "PropertyValueFormatError");
  desk.images[kMirror + longest] = rom();
  CHECK(add_from_uri(desk, longest).status == 202);
  desk.pass(70);
  CHECK(desk.get(component_uri(longest)).status == 200);
}

TEST_CASE("a push stores as a pull does, with sections counted from 0 or none") {
  Desk desk("ilo7");
  desk.log_in();
  const std::string name = "ilo7_1.14.00.bin";
  const std::string image = make_image("ilo7", "bmc", "1.14.00", 4096);
  CHECK(push_file(desk, name, image, R"({"UpdateRepository":true,"UpdateTarget":false,"ETag":"sumilo7","Section":0})")
            .status == 200);
  CHECK(service(desk).text("UploadCurrentEtag") == "sumilo7");
  CHECK(push_file(desk, name, image).body.empty());  // one at a time
  desk.pass(100);
  const json::Value component = desk.body(component_uri(name));
  CHECK(component.text("Name") == "iLO 7");
  CHECK(component.text("Version") == "1.14.00");
  CHECK(desk.bmc->flashes() == 0);
}

TEST_CASE("a push that neither stores nor flashes is refused with an empty 400") {
  Desk desk("ilo5");
  desk.log_in();
  const BmcResponse refused = push_file(desk, kRom, rom(), R"({"UpdateRepository":false,"UpdateTarget":false})");
  CHECK(refused.status == 400);
  CHECK(refused.body.empty());
}

TEST_CASE("what is no image, or a damaged one, is accepted and then not stored") {
  Desk desk("ilo6");
  const std::string good = make_image("ilo6", "bmc", "1.68", 4096);
  const auto [image, key] = GENERATE_COPY(table<std::string, std::string>({
      {"<html>not found</html>", "ResourceAtUriInUnknownFormat"},
      {good.substr(0, 3000), "UpdateInvalidFile"},
  }));
  desk.images[kMirror + "x.bin"] = image;
  CHECK(add_from_uri(desk, "x.bin").status == 202);
  desk.pass(70);
  CHECK(service_state(desk) == "Error");
  CHECK(service_result(desk) == key);
  CHECK(task_state(desk, 1) == "Exception");
  CHECK(desk.get(component_uri("x.bin")).status == 404);
  CHECK(add_from_uri(desk, "nowhere.bin").status == 202);
  desk.pass(1);
  CHECK(service_state(desk) == "Error");
}

TEST_CASE("a stored file is overwritten while nothing refers to it, and never when it is locked") {
  Desk desk("ilo5");
  keep_file(desk, kRom, rom());
  const std::int64_t before = free_bytes(desk);
  keep_file(desk, kRom, rom(8192));
  CHECK(desk.body(component_uri(kRom))["SizeBytes"].as_int() == static_cast<std::int64_t>(rom(8192).size()));
  CHECK(free_bytes(desk) == before - 4096);
  const std::string locked = "ilo5_271.bin";  // of the recovery set
  CHECK(desk.body(component_uri(locked))["Locked"].as_bool() == true);
  CHECK(message_key(add_from_uri(desk, locked)) == "ResourceInUse");
  desk.log_in();
  CHECK(push_file(desk, locked, rom()).status == 400);
  CHECK(desk.send(http::Method::delete_, component_uri(locked), desk.credentials()).status == 400);
}

TEST_CASE("a file that does not fit is not stored") {
  Desk desk("ilo5", R"([{"fault":"repository_bytes","bytes":300000000},{"fault":"repository_used","bytes":76000000}])");
  const std::int64_t room = free_bytes(desk);
  REQUIRE(room > 0);
  REQUIRE(room < 2'000'000);
  CHECK(desk.body(kStore)["Oem"]["Hpe"]["TotalSizeBytes"].as_int() == 300'000'000);
  desk.images[kMirror + kRom] = rom(static_cast<std::size_t>(room) + 100'000);
  CHECK(add_from_uri(desk, kRom).status == 202);
  desk.pass(70);
  CHECK(service_state(desk) == "Error");
  CHECK(service_result(desk) == "InsufficientStorage");
  CHECK(desk.get(component_uri(kRom)).status == 404);
}

TEST_CASE("components can be changed in two properties, removed one by one, or all that are free") {
  Desk desk("ilo5");
  keep_file(desk, kRom, rom());
  const BmcResponse read = desk.get(component_uri(kRom));
  CHECK(header(read, "Allow") == "GET, HEAD, PATCH, DELETE");
  CHECK(header(read, "ETag") == "W/\"CD21D410\"");
  CHECK(header(desk.get(kStore), "Allow") == "GET, HEAD");
  CHECK(desk.patch(component_uri(kRom), R"({"Configuration":"a=b","ExecutionParameters":"-s"})").status == 200);
  CHECK(desk.body(component_uri(kRom)).text("ExecutionParameters") == "-s");
  CHECK(desk.patch(component_uri(kRom), R"({"Criticality":"Critical"})").status == 400);
  CHECK(
      desk.patch(component_uri(kRom), fmt::format(R"({{"ExecutionParameters":"{}"}})", std::string(257, 'x'))).status ==
      400);
  const std::size_t count = desk.body(kStore)["Members"].items().size();
  CHECK(desk.send(http::Method::delete_, component_uri(kRom), desk.credentials()).status == 200);
  CHECK(desk.body(kStore)["Members"].items().size() == count - 1);
  CHECK(desk.post(kServiceActions + "DeleteUnlockedComponents", "{}").status == 200);
  // The recovery set keeps its six files.
  CHECK(desk.body(kStore)["Oem"]["Hpe"]["ComponentCount"].as_int() == 6);
}

TEST_CASE("the captured recovery set keeps its files, and their content can be read") {
  Desk desk("ilo7");
  const json::Value component = desk.body(component_uri("sanjac_scm_top_v0909_signed.vme"));
  CHECK(component["Locked"].as_bool() == true);
  const std::string content = desk.get("/fwrepo/sanjac_scm_top_v0909_signed.vme").body;
  CHECK(static_cast<std::int64_t>(content.size()) == component["SizeBytes"].as_int());
  CHECK(desk.get("/fwrepo/none.bin").status == 404);
  CHECK(desk.send(http::Method::get, "/fwrepo/sanjac_scm_top_v0909_signed.vme", {}).status == 401);
}

TEST_CASE("a package says by itself what it is for and who installs it") {
  Desk desk("ilo5");
  const std::string sps = package_file_name("ilo5", "sps", "4.4.4.702");
  CHECK(sps == "SPSGen10Plus_04.04.04.702.fwpkg");
  // Renamed, as one of HPE's clients does.
  const std::string name = "SPSGen10Plus_04.04.04.702.zip";
  keep_file(desk, name, make_fwpkg("ilo5", "sps", "4.4.4.702", 4096).value());
  const json::Value component = desk.body(component_uri(name));
  CHECK(component["UpdatableBy"] == json::Value(json::Array{"Uefi"}));
  CHECK(component.text("Version") == "04.04.04.702");
  CHECK(component.text("Activates") == "AfterReboot");
  CHECK(component.text("DeviceClass") == "b34e5677-21dc-45d3-872b-42f76fee9053");
  keep_file(desk, "bios.fwpkg", make_fwpkg("ilo5", "bios", "U46 v2.36 (07/10/2025)", 4096).value());
  CHECK(desk.body(component_uri("bios.fwpkg")).text("Version") == "2.36_07-10-2025");
  keep_file(desk, "cpld.vme", make_image("ilo5", "cpld", "0x16", 4096));
  const json::Value cpld = desk.body(component_uri("cpld.vme"));
  CHECK(cpld.text("Version") == "16");
  CHECK(cpld.text("Activates") == "AfterHardPowerCycle");
}

TEST_CASE("what UEFI must install is stored, and not flashed directly") {
  Desk desk("ilo6");
  desk.images[kMirror + "sps.fwpkg"] = make_fwpkg("ilo6", "sps", "6.1.4.89.0", 4096).value();
  CHECK(add_from_uri(desk, "sps.fwpkg", R"(,"TPMOverrideFlag":true)").status == 202);
  desk.pass(70);
  CHECK(service_result(desk) == "UpdateNotApplicable");
  CHECK(desk.bmc->flashes() == 0);
}

// --- signatures and sections ---

TEST_CASE("a smart component needs its detached signature, which is pulled after it") {
  Desk desk("ilo5");
  const std::string component = make_smart_component("ilo5", "sps", "4.4.4.702", 4096, "Uefi").value();
  desk.images[kMirror + "cp055633.exe"] = component;
  desk.images[kMirror + "cp055633.compsig"] = make_compsig(component);
  desk.images[kMirror + "other.compsig"] = make_compsig("something else");
  const std::string store = R"(,"UpdateRepository":true,"UpdateTarget":false)";
  const auto [more, result] = GENERATE_COPY(table<std::string, std::string>({
      {store, "UpdateInvalidFile"},
      {store + fmt::format(R"(,"CompSigURI":"{}other.compsig")", kMirror), "UpdateInvalidFile"},
      {store + fmt::format(R"(,"CompSigURI":"{}cp055633.compsig")", kMirror), ""},
  }));
  CHECK(add_from_uri(desk, "cp055633.exe", more).status == 202);
  desk.pass(70);
  CHECK(service_result(desk) == result);
  CHECK(desk.get(component_uri("cp055633.exe")).status == (result.empty() ? 200 : 404));
  if (result.empty())
    CHECK(desk.body(component_uri("cp055633.exe"))["UpdatableBy"] == json::Value(json::Array{"Uefi"}));
}

TEST_CASE("SimpleUpdate takes no smart component") {
  Desk desk("ilo6");
  desk.images[kMirror + "cp.exe"] = make_smart_component("ilo6", "bmc", "1.68", 4096, "Bmc").value();
  CHECK(
      desk.post(kService + "/Actions/UpdateService.SimpleUpdate", fmt::format(R"({{"ImageURI":"{}cp.exe"}})", kMirror))
          .status == 202);
  desk.pass(70);
  CHECK(service_result(desk) == "ResourceAtUriInUnknownFormat");
}

/// A smart component of more than 32 MiB, cut as it must be.
struct LargeComponent {
  std::string whole = make_smart_component("ilo5", "bmc", "3.12", (32U << 20U) + 4096, "Bmc").value();
  std::vector<std::string> pieces{whole.substr(0, 32U << 20U), whole.substr(32U << 20U)};
};

TEST_CASE("a large smart component comes in sections, each with a signature, and is put together") {
  const LargeComponent large;
  Desk desk("ilo5");
  const std::string name = "cp040154.exe";
  SECTION("pulled, sections counted from 1") {
    for (std::size_t i = 0; i < 2; ++i) {
      const std::string part = fmt::format("cp040154_part{}", i + 1);
      desk.images[kMirror + part] = large.pieces[i];
      desk.images[kMirror + part + ".compsig"] = make_compsig(large.pieces[i]);
      CHECK(add_from_uri(desk, part,
                         fmt::format(R"(,"CompSigURI":"{}{}.compsig","UpdateRepository":true,"UpdateTarget":false,)"
                                     R"("ComponentFileName":"{}","Section":{})",
                                     kMirror, part, name, i + 1))
                .status == 202);
      CHECK(desk.get(component_uri(name)).status == 404);
      desk.pass(70);
      CHECK(task_state(desk, static_cast<int>(i) + 1) == "Completed");
    }
  }
  SECTION("pushed, sections counted from 0") {
    desk.log_in();
    for (std::size_t i = 0; i < 2; ++i) {
      const std::string parameters = fmt::format(R"({{"UpdateRepository":true,"UpdateTarget":false,"Section":{}}})", i);
      CHECK(push_file(desk, name, large.pieces[i], parameters, make_compsig(large.pieces[i])).status == 200);
      CHECK(desk.get(component_uri(name)).status == 404);
      desk.pass(70);
    }
  }
  CHECK(service_state(desk) == "Complete");
  CHECK(desk.body(component_uri(name))["SizeBytes"].as_int() == static_cast<std::int64_t>(large.whole.size()));
  CHECK(desk.get("/fwrepo/" + name).body == large.whole);
}

TEST_CASE("sections out of order, with foreign signatures, or in one piece are refused") {
  const LargeComponent large;
  Desk desk("ilo5");
  desk.log_in();
  const std::string name = "cp040154.exe";
  const auto parameters = [](int section) {
    return fmt::format(R"({{"UpdateRepository":true,"UpdateTarget":false,"Section":{}}})", section);
  };
  push_file(desk, name, large.pieces[1], parameters(1), make_compsig(large.pieces[1]));
  desk.pass(70);
  CHECK(service_result(desk) == "ComponentUploadFailed");
  push_file(desk, name, large.pieces[0], parameters(0), make_compsig(large.whole));
  desk.pass(70);
  CHECK(service_result(desk) == "UpdateInvalidFile");
  push_file(desk, name, large.whole, R"({"UpdateRepository":true,"UpdateTarget":false})", make_compsig(large.whole));
  desk.pass(70);
  CHECK(service_result(desk) == "UpdateInvalidFile");
  CHECK(desk.get(component_uri(name)).status == 404);
}

// --- recovery set ---

TEST_CASE("an image takes its place in the recovery set when that is asked for") {
  Desk desk("ilo5");
  const std::string name = "ilo5_312.bin";
  desk.images[kMirror + name] = make_image("ilo5", "bmc", "3.12", 4096);
  CHECK(add_from_uri(desk, name, R"(,"UpdateRepository":true,"UpdateTarget":false,"UpdateRecoverySet":true)").status ==
        202);
  desk.pass(70);
  const json::Value set = desk.body(kService + "/InstallSets/a74b22b6");
  CHECK(set["Sequence"].items().front().text("Filename") == name);
  CHECK(desk.body(component_uri(name))["Locked"].as_bool() == true);
  CHECK(desk.body(component_uri("ilo5_271.bin"))["Locked"].as_bool() == false);
}

TEST_CASE("the recovery set is closed to an account without the privilege") {
  Desk desk("ilo5", R"([{"fault":"privileges","names":["LoginPriv","iLOConfigPriv"]}])");
  const BmcResponse refused =
      add_from_uri(desk, "x.bin", R"(,"UpdateRepository":true,"UpdateTarget":false,"UpdateRecoverySet":true)");
  CHECK(refused.status == 403);
  CHECK(message_key(refused) == "InsufficientPrivilege");
}

}  // namespace
}  // namespace firmform::simulators

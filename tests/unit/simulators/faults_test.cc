// SPDX-License-Identifier: Apache-2.0
// Faults as data.
#include "tests/simulators/faults.h"

#include "tests/simulators/image.h"
#include "tests/unit/simulators/desk.h"

namespace firmform::simulators {
namespace {

const std::string kSystems = "/redfish/v1/Systems";
const std::string kSimpleUpdate = "/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate";
const std::string kImage = "http://fw.example/image.bin";

BmcResponse pull(Desk& desk) {
  return desk.post(kSimpleUpdate, R"({"ImageURI":"http://fw.example/image.bin"})");
}

TEST_CASE("a fault hits the requests that it names, as often as it says") {
  Desk desk("ilo5", R"([{"fault":"status","status":503,"retry_after":7,"path":"/redfish/v1/Sys*","nth":2,"times":2}])");
  CHECK(desk.get(kSystems).status == 200);
  CHECK(desk.get("/redfish/v1/Managers").status == 200);
  const BmcResponse hit = desk.get(kSystems);
  CHECK(hit.status == 503);
  CHECK(header(hit, "Retry-After") == "7");
  CHECK(desk.get(kSystems).status == 503);
  CHECK(desk.get(kSystems).status == 200);
}

TEST_CASE("answers can be dropped, delayed, cut off, or be somebody else's") {
  Desk dropped("ilo5", R"([{"fault":"drop","path":"/redfish/v1/Systems"}])");
  CHECK(dropped.get(kSystems).drop);
  Desk slow("ilo5", R"([{"fault":"delay","seconds":2.5}])");
  CHECK(slow.get(kSystems).delay == std::chrono::milliseconds(2500));
  Desk cut("ilo5", R"([{"fault":"truncate","path":"/redfish/v1/Systems"}])");
  CHECK_FALSE(json::parse(cut.get(kSystems).body).has_value());
  Desk html("ilo5", R"([{"fault":"html"}])");
  CHECK_THAT(html.get(kSystems).body, Catch::StartsWith("<html>"));
  Desk redirect("ilo5", R"([{"fault":"redirect","location":"https://other.example/"}])");
  CHECK(redirect.get(kSystems).status == 302);
  Desk missing("ilo5", R"([{"fault":"not_found","path":"*/FirmwareInventory/7"}])");
  CHECK(missing.get("/redfish/v1/UpdateService/FirmwareInventory/7").status == 404);
}

TEST_CASE("a lost reply may hide that the BMC acted") {
  Desk before("ilo5", R"([{"fault":"drop","method":"POST"}])");
  CHECK(pull(before).drop);
  CHECK(before.bmc->writes().empty());
  Desk after("ilo5", R"([{"fault":"drop","method":"POST","when":"after"}])");
  after.images[kImage] = make_image("ilo5", "bmc", "3.12", 4096);
  CHECK(pull(after).drop);
  REQUIRE(after.bmc->writes().size() == 1);
  CHECK(after.bmc->writes().front().status == 202);
  after.pass(300);
  CHECK(after.bmc->flashes() == 1);
}

TEST_CASE("sessions can expire in the middle of the work") {
  Desk desk("ilo6", R"([{"fault":"expire_sessions","method":"GET","nth":2}])");
  desk.log_in();
  CHECK(desk.get(kSystems).status == 200);
  CHECK(desk.get(kSystems).status == 401);
}

TEST_CASE("a BMC can restart at any moment") {
  Desk desk("ilo6", R"([{"fault":"restart_bmc","path":"/redfish/v1/Systems","seconds":10}])");
  desk.get(kSystems);
  desk.pass(11);
  CHECK(desk.bmc->offline());
  desk.pass(80);
  CHECK_FALSE(desk.bmc->offline());
}

TEST_CASE("a flash can succeed and change nothing, install something else, or break off") {
  const auto [fault, version, task] = GENERATE(table<std::string, std::string, std::string>({
      {R"([{"fault":"did_not_take"}])", "3.11 Feb 25 2025", "Completed"},
      {R"([{"fault":"wrong_version","version":"3.00 Jan 01 2024"}])", "3.00 Jan 01 2024", "Completed"},
      {R"([{"fault":"flash_fails"}])", "3.11 Feb 25 2025", "Exception"},
  }));
  Desk desk("ilo5", fault);
  desk.images[kImage] = make_image("ilo5", "bmc", "3.12", 4096);
  CHECK(pull(desk).status == 202);
  desk.pass(152);
  CHECK(desk.body("/redfish/v1/TaskService/Tasks/1").text("TaskState") == task);
  desk.pass(200);
  CHECK(desk.bmc->running_version("bmc") == version);
  CHECK(desk.bmc->flashes() == 1);
}

TEST_CASE("tasks can be lost while the work goes on") {
  Desk desk("redfish", R"([{"fault":"lose_tasks"}])");
  desk.images[kImage] = make_image("redfish", "bmc", "1.46.512c02-rev1", 4096);
  const BmcResponse accepted = pull(desk);
  CHECK(accepted.status == 202);
  CHECK(desk.get("/redfish/v1/TaskService/Tasks/1").status == 404);
  CHECK(desk.get(header(accepted, "Location")).status == 404);
  desk.pass(400);
  CHECK(desk.bmc->running_version("bmc") == "1.46.512c02-rev1");
}

TEST_CASE("a BMC can be without update service, busy, off, wrong about the time, or closed") {
  Desk without("ilo5", R"([{"fault":"no_update_service"}])");
  CHECK(without.body("/redfish/v1").find("UpdateService") == nullptr);
  CHECK(without.get("/redfish/v1/UpdateService").status == 404);
  CHECK(pull(without).status == 404);
  Desk busy("ilo5", R"([{"fault":"update_busy"}])");
  CHECK(busy.body("/redfish/v1/UpdateService")["Oem"]["Hpe"].text("State") == "Updating");
  CHECK(message_key(pull(busy)) == "FirmwareFlashAlreadyInProgress");
  Desk off("ilo5", R"([{"fault":"host_off"}])");
  CHECK(off.body("/redfish/v1/Systems/1").text("PowerState") == "Off");
  Desk late("ilo5", R"([{"fault":"clock_skew","seconds":-86400}])");
  CHECK(late.body("/redfish/v1/UpdateService")["Oem"]["Hpe"].text("CurrentTime") == "2026-11-21T00:00:00Z");
  Desk closed("ilo5", R"([{"fault":"login_refused"}])");
  CHECK(closed.post("/redfish/v1/SessionService/Sessions", R"({"UserName":"admin","Password":"secret"})").status ==
        401);
  CHECK(closed.get(kSystems).status == 401);
}

TEST_CASE("faults that nobody knows are refused with the name of the machine") {
  BmcOptions options;
  options.faults = parsed(R"([{"fault":"gremlin"}])");
  CHECK_THAT(make_bmc(options, UtcTime{}).error().message(), Catch::Contains("lab-01") && Catch::Contains("gremlin"));
  options.faults = parsed(R"([{"fault":"drop","colour":"red"}])");
  CHECK_THAT(make_bmc(options, UtcTime{}).error().message(), Catch::Contains("colour"));
  options.faults = json::Value();
  options.model = "toaster";
  CHECK_THAT(make_bmc(options, UtcTime{}).error().message(), Catch::Contains("toaster") && Catch::Contains("ilo5"));
}

// --- images ---

TEST_CASE("an image says what it is, and shows when it was changed") {
  const std::string image = make_image("ilo5", "bios", "U46 v2.36 (07/10/2025)", 65536);
  CHECK(image.size() == 65536);
  const ImageReading good = read_image(image);
  REQUIRE(good.info);
  CHECK(good.info->component == "bios");
  CHECK(good.info->family == "U46");
  CHECK(good.info->version == "U46 v2.36 (07/10/2025)");
  CHECK(image == make_image("ilo5", "bios", "U46 v2.36 (07/10/2025)", 65536));
  std::string changed = image;
  changed[60000] = static_cast<char>(changed[60000] ^ 0x40);
  CHECK(read_image(changed).fault == ImageFault::tampered);
  CHECK(read_image(image.substr(0, 60000)).fault == ImageFault::truncated);
  CHECK(read_image("MZ").fault == ImageFault::foreign);
}

TEST_CASE("images have the names that vendors give them") {
  CHECK(image_file_name("ilo5", "bmc", "3.12 Sep 15 2025") == "ilo5_312.bin");
  CHECK(image_file_name("ilo5", "bios", "U46 v2.36 (07/10/2025)") == "U46_2.36_07_10_2025.signed.flash");
  CHECK(image_file_name("ilo7", "bmc", "1.14.00") == "ilo7_1.14.00.bin");
  CHECK(image_file_name("idrac9", "bios", "1.14.1") == "BIOS_R750_WN64_1.14.1.EXE");
  CHECK(image_file_name("xcc", "bmc", "46A-3.00") == "lnvgy_fw_xcc_tgbt46a-3.00_anyos_noarch.uxz");
}

TEST_CASE("a package holds the image and describes it") {
  const std::string package = make_fwpkg("ilo6", "bmc", "1.68", 8192).value();
  CHECK(looks_like_fwpkg(package));
  const std::optional<std::string> inner = unpack_fwpkg(package);
  REQUIRE(inner);
  CHECK(read_image(*inner).info->version == "1.68 Sep 15 2025");
  CHECK_FALSE(unpack_fwpkg("PK\x03\x04 not really").has_value());
}

TEST_CASE("version numbers are those that count") {
  using Numbers = std::vector<long>;
  CHECK(version_numbers("3.11 Feb 25 2025") == Numbers{3, 11});
  CHECK(version_numbers("U46 v2.34 (03/11/2025)") == Numbers{2, 34});
  CHECK(version_numbers("1.14.00 May 28 2025") == Numbers{1, 14, 0});
  CHECK(version_numbers("42S-2.83") == Numbers{42, 2, 83});
  CHECK(version_numbers("").empty());
}

}  // namespace
}  // namespace firmform::simulators

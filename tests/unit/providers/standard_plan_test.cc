// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/unit/providers/change.h"

namespace firmform {
namespace {

using plan::ActionType;
using plan::Completion;
using plan::PlannedRequest;
using tests::Change;

constexpr const char* kUrl = "https://fw.example/image.bin";

std::string body_of(const Recipe& recipe) {
  return json::dump(recipe.actions.at(0).request->body);
}

TEST_CASE("a file goes to the multipart URI first, and to the raw one where there is no other") {
  Change change = Change::on("redfish", "BMC");
  change.host.update.multipart_push_uri = "/upload";
  const Recipe multipart = change.recipe();
  CHECK(change.broken.empty());
  CHECK(multipart.actions[0].request->upload == PlannedRequest::Upload::multipart);
  CHECK(multipart.actions[0].request->target == "/upload");
  change.host.update.multipart_push_uri.clear();
  const Recipe raw = change.recipe();
  CHECK(raw.actions[0].request->upload == PlannedRequest::Upload::raw);
  CHECK(raw.actions[0].request->body.is_null());
  change.host.update.http_push_uri.clear();
  CHECK(change.refusal() == Code::no_update_path);
}

TEST_CASE("a URL is pulled by a protocol that the BMC knows") {
  Change change = Change::on("redfish", "BMC");
  change.pull(kUrl);
  change.host.update.simple_update_protocols = {"HTTP", "HTTPS"};
  change.host.update.simple_update_parameters = {"ImageURI", "TransferProtocol", "Targets"};
  CHECK(
      body_of(change.recipe()) ==
      R"({"ImageURI":"https://fw.example/image.bin","TransferProtocol":"HTTPS","Targets":["/redfish/v1/UpdateService/FirmwareInventory/BMC"]})");
  change.host.update.simple_update_parameters = {"ImageURI"};
  CHECK(body_of(change.recipe()) == R"({"ImageURI":"https://fw.example/image.bin"})");
  change.host.update.simple_update_protocols = {"TFTP"};
  CHECK(change.refusal() == Code::no_update_path);
  change.host.update.simple_update_target.clear();
  CHECK(change.refusal() == Code::no_update_path);
}

TEST_CASE("H29: boot firmware is told to wait for the restart, where the BMC can be told") {
  Change change = Change::on("redfish", "BIOS");
  change.host.update.multipart_push_uri = "/upload";
  change.host.update.multipart_apply_times = {"Immediate", "OnReset"};
  const Recipe staged = change.recipe();
  CHECK(change.broken.empty());
  CHECK(staged.needs_host_reset);
  CHECK(staged.actions[0].request->body.text("@Redfish.OperationApplyTime") == "OnReset");
  change.host.update.multipart_apply_times = {"Immediate"};
  CHECK(change.recipe().actions[0].request->body.text("@Redfish.OperationApplyTime") == "Immediate");
  change.host.update.multipart_apply_times.clear();
  CHECK(change.recipe().actions[0].request->body.find("@Redfish.OperationApplyTime") == nullptr);
}

TEST_CASE("a BMC that only stages gets StartUpdate after the image") {
  Change change = Change::on("redfish", "BMC");
  change.host.update.multipart_push_uri = "/upload";
  change.host.update.multipart_apply_times = {"OnStartUpdateRequest"};
  change.host.update.start_update_target.clear();
  CHECK(change.refusal() == Code::no_update_path);
  change.host.update.start_update_target = "/start";
  const Recipe recipe = change.recipe();
  CHECK(change.broken.empty());
  REQUIRE(recipe.actions.size() == 2);
  CHECK(recipe.actions[0].completion == Completion::task);
  CHECK(recipe.actions[0].restarts == plan::Restarts::nothing);
  CHECK(recipe.actions[1].type == ActionType::start_update);
  CHECK(recipe.actions[1].request->target == "/start");
  CHECK(recipe.actions[1].completion == Completion::bmc_back);
}

TEST_CASE("an image that is too large is refused before it is sent") {
  Change change = Change::on("redfish", "BMC");
  change.host.update.max_image_bytes = 999;
  CHECK(change.refusal() == Code::image_too_large);
  change.host.update.max_image_bytes = 1000;
  CHECK_FALSE(change.refusal().has_value());
}

TEST_CASE("devices need a restart of the host unless the BMC or their kind says otherwise") {
  Change change = Change::on("redfish", "SS");
  CHECK(change.recipe().needs_host_reset);
  change.component().reset_required = false;
  CHECK_FALSE(change.recipe().needs_host_reset);
  change.component().reset_required.reset();
  change.component().related = {"/redfish/v1/Chassis/1U/PowerSubsystem/PowerSupplies/Bay1"};
  CHECK_FALSE(change.recipe().needs_host_reset);
}

TEST_CASE("work of others that waits for a restart is not started by ours") {
  Change change = Change::on("redfish", "BIOS");
  change.host.vendor_facts["waiting_tasks"] = "/redfish/v1/TaskService/Tasks/7";
  CHECK(change.refusal() == Code::update_service_busy);
}

TEST_CASE("H29: an iDRAC gets no targets, an empty Oem, and jobs for the next restart") {
  Change bios = Change::on("idrac9", "159:BIOS.Setup.1-1");
  CHECK(body_of(bios.recipe()) == R"({"Targets":[],"@Redfish.OperationApplyTime":"OnReset","Oem":{}})");
  bios.pull("https://fw.example/BIOS.EXE");
  CHECK(
      body_of(bios.recipe()) ==
      R"({"ImageURI":"https://fw.example/BIOS.EXE","TransferProtocol":"HTTPS","@Redfish.OperationApplyTime":"OnReset"})");
  Change idrac = Change::on("idrac9", "25227:iDRAC.Embedded.1-1");
  const Recipe recipe = idrac.recipe();
  CHECK(body_of(recipe) == R"({"Targets":[],"@Redfish.OperationApplyTime":"Immediate","Oem":{}})");
  CHECK(recipe.actions[0].completion == Completion::bmc_back);
  Change logic = Change::on("idrac9", "27763:CPLD.Embedded.1");
  CHECK(logic.refusal() == Code::reset_not_offered);
  Change diagnostics = Change::on("idrac9", "25806:Diagnostics.Embedded.1:LC.Embedded.1");
  CHECK_FALSE(diagnostics.recipe().needs_host_reset);
}

TEST_CASE("an iDRAC's HttpPushUri is no raw push") {
  Change change = Change::on("idrac9", "159:BIOS.Setup.1-1");
  change.host.update.multipart_push_uri.clear();
  CHECK(change.refusal() == Code::no_update_path);
}

TEST_CASE("an XCC restarts itself only when told, and takes older firmware only by force") {
  Change change = Change::on("xcc", "BMC-Primary");
  const Recipe recipe = change.recipe();
  CHECK(change.broken.empty());
  REQUIRE(recipe.actions.size() == 2);
  CHECK(body_of(recipe) == R"({"Targets":[],"@Redfish.OperationApplyTime":"Immediate"})");
  CHECK(recipe.actions[1].type == ActionType::reset_bmc);
  CHECK(recipe.actions[1].request->body.text("ResetType") == "GracefulRestart");
  CHECK(recipe.actions[1].completion == Completion::bmc_back);
  change.kind = plan::ChangeKind::downgrade;
  CHECK(change.recipe().actions[0].request->body["ForceUpdate"].as_bool() == true);
  change.host.manager.reset_types.clear();
  CHECK(change.refusal() == Code::reset_not_offered);
}

TEST_CASE("an OpenBMC gets one target: its Manager for its own firmware") {
  Change change = Change::on("openbmc", "bmc");
  CHECK(change.host.provider == "openbmc");
  const Recipe recipe = change.recipe();
  CHECK(change.broken.empty());
  CHECK(body_of(recipe) == R"({"Targets":["/redfish/v1/Managers/bmc"],"@Redfish.OperationApplyTime":"Immediate"})");
  CHECK(recipe.actions[0].completion == Completion::bmc_back);
}

TEST_CASE("a bare image that always goes to the BMC is not pushed for anything else") {
  Change change = Change::on("openbmc", "bmc");
  change.host.update.multipart_push_uri.clear();
  CHECK_FALSE(change.refusal().has_value());
  change.host.system.power_state = "On";
  change.component().is_bmc = false;
  change.component().is_bios = true;
  CHECK(change.refusal() == Code::no_update_path);
}

TEST_CASE("a host is restarted gracefully where it can be, and never from off") {
  const Providers providers = all_providers();
  const Provider& provider = *providers.find("redfish");
  inventory::HostSnapshot host = Change::on("redfish", "BIOS").host;
  const auto type_for = [&](std::vector<std::string> types) -> std::string {
    host.system.reset_types = std::move(types);
    const auto reset = provider.plan_host_reset(host, {"BIOS"});
    const auto* action = std::get_if<plan::Action>(&reset);
    return action == nullptr ? "" : std::string(action->request->body.text("ResetType"));
  };
  CHECK(type_for({"On", "ForceRestart", "GracefulRestart"}) == "GracefulRestart");
  CHECK(type_for({"On", "ForceOff", "ForceRestart"}) == "ForceRestart");
  CHECK(type_for({"On", "ForceOff"}).empty());
  host.system.power_state = "Off";
  CHECK(type_for({"GracefulRestart"}).empty());
  host.system.power_state = "On";
  host.system.reset_types = {"GracefulRestart"};
  const auto reset = std::get<plan::Action>(provider.plan_host_reset(host, {"BIOS"}));
  CHECK(plan::violations_of_reset(reset, host).empty());
}

}  // namespace
}  // namespace firmform

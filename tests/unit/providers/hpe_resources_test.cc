// SPDX-License-Identifier: Apache-2.0
// Writes on what an iLO keeps: the exact requests.
#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/plan/contract.h"
#include "engine/plan/make_plan.h"
#include "providers/hpe/integrity.h"
#include "providers/hpe/resources.h"
#include "tests/unit/providers/hpe_host.h"

namespace firmform {
namespace {

using inventory::InstallSet;
using inventory::QueueEntry;
using inventory::Updater;
using inventory::Window;
using plan::Action;
using plan::Condition;

struct Request {
  inventory::HostSnapshot host = tests::ilo_host();
  manifest::Policies policies;
  manifest::Delivery delivery = manifest::Delivery::automatic;

  [[nodiscard]] std::vector<Action> actions(ResourceWrite write) const {
    return std::get<std::vector<Action>>(hpe::plan_resource({host, policies, std::move(write), delivery}));
  }
  [[nodiscard]] Action action(ResourceWrite write) const {
    auto all = actions(std::move(write));
    if (all.size() != 1) throw std::runtime_error("not one action");
    return all.front();
  }
  [[nodiscard]] std::optional<Code> refusal(ResourceWrite write) const {
    const auto answer = hpe::plan_resource({host, policies, std::move(write), delivery});
    const auto* refused = std::get_if<Impossible>(&answer);
    return refused == nullptr ? std::nullopt : std::optional(refused->reason.code);
  }
};

std::string line(const Action& action) {
  return std::string(http::to_string(action.request->method)) + " " + action.request->target + " " +
         json::dump(action.request->body);
}

bool has(const std::vector<Condition>& conditions, Condition::Type type) {
  return std::ranges::count(conditions, type, &Condition::type) > 0;
}

Window christmas() {
  return {.name = "Christmas Maintenance Window",
          .description = "Christmas 2020",
          .start = parse_rfc3339("2020-12-25T00:00:00Z"),
          .end = parse_rfc3339("2020-12-25T22:00:00Z")};
}

TEST_CASE("a window is created on the collection, with its times in UTC") {
  const Action action = Request().action(CreateWindow{christmas()});
  CHECK(line(action) ==
        R"(POST /redfish/v1/UpdateService/MaintenanceWindows {"Name":"Christmas Maintenance Window",)"
        R"("Description":"Christmas 2020","StartAfter":"2020-12-25T00:00:00Z","Expire":"2020-12-25T22:00:00Z"})");
  CHECK(action.type == plan::ActionType::create);
  CHECK(action.completion == plan::Completion::immediate);
  CHECK(has(action.preconditions, Condition::Type::resource_absent));
  const auto clock = std::ranges::find(action.preconditions, Condition::Type::clock_agrees, &Condition::type);
  REQUIRE(clock != action.preconditions.end());
  CHECK(clock->value == "120");
  REQUIRE(action.postconditions.size() == 1);
  CHECK(action.postconditions[0].component == "window:Christmas Maintenance Window");
  CHECK(action.postconditions[0].value == inventory::content_of(christmas()));
}

TEST_CASE("of a window only what differs is changed, on its own URI") {
  Window from = christmas();
  from.uri = "/redfish/v1/UpdateService/MaintenanceWindows/7ada2ed8";
  Window to = from;
  to.end = parse_rfc3339("2020-12-25T23:00:00Z");
  CHECK(line(Request().action(ChangeWindow{from, to})) ==
        R"(PATCH /redfish/v1/UpdateService/MaintenanceWindows/7ada2ed8 {"Expire":"2020-12-25T23:00:00Z"})");
  const Action removed = Request().action(RemoveWindow{from});
  CHECK(line(removed) == "DELETE /redfish/v1/UpdateService/MaintenanceWindows/7ada2ed8 null");
  CHECK(has(removed.postconditions, Condition::Type::resource_absent));
}

InstallSet golden() {
  return {.name = "golden",
          .description = "Made by firmform",
          .steps = {{.name = "iLO", .file = "ilo5_271.bin"},
                    {.name = "wait", .command = "Wait", .wait_seconds = 30},
                    {.name = "restart", .command = "ResetServer"}}};
}

TEST_CASE("an install set is created with commands, files and updaters of each step") {
  const Action action = Request().action(CreateInstallSet{golden()});
  CHECK(line(action) ==
        R"(POST /redfish/v1/UpdateService/InstallSets {"Name":"golden","Description":"Made by firmform",)"
        R"("IsRecovery":false,"Sequence":[)"
        R"({"Name":"iLO","Command":"ApplyUpdate","Filename":"ilo5_271.bin","UpdatableBy":["Bmc"]},)"
        R"({"Name":"wait","Command":"Wait","UpdatableBy":["Bmc"],"WaitTimeSeconds":30},)"
        R"({"Name":"restart","Command":"ResetServer","UpdatableBy":["Bmc"]}]})");
  InstallSet there = golden();
  for (inventory::Step& step : there.steps) step.updatable_by = {Updater::bmc};
  CHECK(action.postconditions.at(0).value == inventory::content_of(there));
}

TEST_CASE("an install set is changed in place, whatever URI that gives it") {
  InstallSet from = golden();
  from.uri = "/redfish/v1/UpdateService/InstallSets/12345678";
  InstallSet to = from;
  to.steps.pop_back();
  to.steps.pop_back();
  to.name = "golden-2";
  const Action action = Request().action(ChangeInstallSet{from, to});
  CHECK(line(action) == R"(PATCH /redfish/v1/UpdateService/InstallSets/12345678 {"Name":"golden-2","Sequence":[)"
                        R"({"Name":"iLO","Command":"ApplyUpdate","Filename":"ilo5_271.bin","UpdatableBy":["Bmc"]}]})");
  CHECK(action.preconditions.at(0).component == "install-set:golden");
  CHECK(action.postconditions.at(0).component == "install-set:golden-2");
}

TEST_CASE("the recovery set is changed only by an account with the privilege") {
  Request request;
  request.host.vendor_facts["hpe.privileges"] = "iLOConfigPriv";
  CHECK(request.refusal(RemoveInstallSet{tests::recovery_set()}) == Code::privilege_missing);
  CHECK(request.refusal(ChangeInstallSet{tests::recovery_set(), tests::recovery_set()}) == Code::privilege_missing);
  request.host.vendor_facts["hpe.privileges"] = "SystemRecoveryConfigPriv iLOConfigPriv";
  CHECK_FALSE(request.refusal(RemoveInstallSet{tests::recovery_set()}).has_value());
  // An iLO that does not say may allow it.
  request.host.vendor_facts.erase("hpe.privileges");
  CHECK_FALSE(request.refusal(RemoveInstallSet{tests::recovery_set()}).has_value());
}

TEST_CASE("an install set is invoked with its options, and its entries are foreseen") {
  InvokeInstallSet invoke{.set = tests::recovery_set()};
  Request request;
  const Action plain = request.action(invoke);
  CHECK(line(plain) == R"(POST /redfish/v1/UpdateService/InstallSets/a74b22b6/Actions/HpeComponentInstallSet.Invoke )"
                       R"({"ClearTaskQueue":false,"UpdateRecoverySet":false})");
  CHECK(plain.type == plan::ActionType::invoke);
  CHECK(has(plain.preconditions, Condition::Type::queue_unblocked));
  CHECK(std::ranges::count(plain.preconditions, Condition::Type::resource_absent, &Condition::type) == 2);
  REQUIRE(plain.postconditions.size() == 2);
  CHECK(plain.postconditions[0].component == "queue:iLO 5");

  invoke.clear_queue = true;
  invoke.tpm_override = true;
  invoke.window_id = "7ada2ed8";
  const Action cleared = request.action(invoke);
  CHECK(json::dump(cleared.request->body) ==
        R"({"ClearTaskQueue":true,"UpdateRecoverySet":false,"TPMOverride":true,"MaintenanceWindow":"7ada2ed8"})");
  CHECK_FALSE(has(cleared.preconditions, Condition::Type::queue_unblocked));
  CHECK(has(cleared.preconditions, Condition::Type::clock_agrees));
}

TEST_CASE("a queue entry always says what to do, and who does it as the stored image says") {
  QueueEntry entry{.step = {.name = "ilo5-2.71", .file = "ilo5_271.bin"}, .window_id = "7ada2ed8"};
  const Action action = Request().action(Enqueue{entry});
  CHECK(line(action) == R"(POST /redfish/v1/UpdateService/UpdateTaskQueue {"Name":"ilo5-2.71","Command":"ApplyUpdate",)"
                        R"("Filename":"ilo5_271.bin","UpdatableBy":["Bmc"],"MaintenanceWindow":"7ada2ed8"})");
  CHECK(has(action.preconditions, Condition::Type::queue_unblocked));
  CHECK(has(action.preconditions, Condition::Type::clock_agrees));
  CHECK(action.postconditions.at(0).component == "queue:ilo5-2.71");

  entry.step.file = "unknown.bin";
  CHECK(Request().refusal(Enqueue{entry}) == Code::image_missing);
  entry.step.file.clear();
  CHECK(Request().refusal(Enqueue{entry}) == Code::image_missing);
}

TEST_CASE("times and overrides of a queue entry are spelt as the iLO has them") {
  QueueEntry entry{.step = {.name = "timed", .file = "x.zip", .updatable_by = {Updater::uefi}, .timeout_minutes = 30},
                   .start_after = parse_rfc3339("2026-01-10T22:00:00Z"),
                   .expire = parse_rfc3339("2026-01-11T02:00:00Z"),
                   .tpm_override = true,
                   .update_recovery_set = true};
  CHECK(json::dump(Request().action(Enqueue{entry}).request->body) ==
        R"({"Name":"timed","Command":"ApplyUpdate","Filename":"x.zip","UpdatableBy":["Uefi"],)"
        R"("ExecutionTimeoutMinutes":30,"StartAfter":"2026-01-10T22:00:00Z","Expire":"2026-01-11T02:00:00Z",)"
        R"("TPMOverride":true,"UpdateRecoverySet":true})");
}

TEST_CASE("what an older iLO does not have is refused by name") {
  Request old;
  old.host.manager.firmware_version = "iLO 5 v2.55";
  QueueEntry targeted{.step = {.name = "t", .file = "ilo5_271.bin", .targets = {"/redfish/v1/x/1"}}};
  CHECK(old.refusal(Enqueue{targeted}) == Code::feature_not_offered);
  CHECK_FALSE(Request().refusal(Enqueue{targeted}).has_value());
  const QueueEntry pending{.step = {.name = "p", .command = "PendingReset"}};
  CHECK(old.refusal(Enqueue{pending}) == Code::feature_not_offered);
  CHECK_FALSE(Request().refusal(Enqueue{pending}).has_value());
  // Commands of install sets only.
  const QueueEntry shell{.step = {.name = "s", .command = "BootToUefi"}};
  CHECK(Request().refusal(Enqueue{shell}) == Code::feature_not_offered);
  InstallSet off = golden();
  off.steps.push_back({.name = "off", .command = "HostPoweroff"});
  CHECK_FALSE(Request().refusal(CreateInstallSet{off}).has_value());
  Request ilo7;
  ilo7.host.vendor_facts["hpe.generation"] = "iLO 7";
  ilo7.host.manager.firmware_version = "1.14.00 May 28 2025";
  CHECK(ilo7.refusal(CreateInstallSet{off}) == Code::feature_not_offered);
}

TEST_CASE("an entry is removed on its URI, and so is a stored image") {
  Request request;
  const QueueEntry entry{.uri = "/redfish/v1/UpdateService/UpdateTaskQueue/9774ef68", .step = {.name = "MyTask"}};
  CHECK(line(request.action(Dequeue{entry})) == "DELETE /redfish/v1/UpdateService/UpdateTaskQueue/9774ef68 null");
  // One that is only planned is foreseen.
  const Action foreseen = hpe::dequeue(request.host, {.step = {.name = "MyTask"}});
  CHECK(foreseen.request->target == entry.uri);
  const Action image = request.action(RemoveImage{request.host.staging->repository->images[0]});
  CHECK(line(image) == "DELETE /redfish/v1/UpdateService/ComponentRepository/051e264c null");
}

catalog::CatalogImage file(std::uintmax_t size) {
  return {.name = "U46_2.36.fwpkg", .path = "/images/U46_2.36.fwpkg", .size = size, .sha256 = std::string(64, 'b')};
}

TEST_CASE("an image is stored without being flashed, on either way") {
  const auto image = file(5U << 20U);
  Request request;
  const Action pushed = request.action(StoreImage{image});
  CHECK(pushed.type == plan::ActionType::store);
  CHECK(pushed.completion == plan::Completion::update_state);
  CHECK(pushed.request->upload == plan::PlannedRequest::Upload::ilo_form);
  CHECK(pushed.request->body["UpdateRepository"].as_bool() == true);
  CHECK(pushed.request->body["UpdateTarget"].as_bool() == false);
  CHECK(pushed.postconditions.at(0).component == "repository:U46_2.36.fwpkg");
  CHECK(has(pushed.preconditions, Condition::Type::update_service_idle));

  request.delivery = manifest::Delivery::pull;
  const Action pulled = request.action(StoreImage{image, true});
  CHECK(pulled.request->body.text("ImageURI") == plan::kServedImage);
  CHECK(pulled.request->body["UpdateRepository"].as_bool() == true);
  CHECK(pulled.request->body["UpdateTarget"].as_bool() == false);
  CHECK(pulled.request->body["UpdateRecoverySet"].as_bool() == true);
  CHECK(pulled.image->served);
  request.host.vendor_facts.erase("hpe.add_from_uri");
  CHECK(request.refusal(StoreImage{image}) == Code::no_update_path);
}

TEST_CASE("only the last section of a file shows in the repository") {
  auto image = file((64U << 20U) + 1);
  image.signature = catalog::Signature::detached;
  for (std::uint64_t i = 0; i < 3; ++i) {
    image.sections.push_back(
        {.offset = i << 25U, .length = i < 2 ? 1U << 25U : 1U, .signature_path = "/images/x.compsig"});
  }
  const auto actions = Request().actions(StoreImage{image});
  REQUIRE(actions.size() == 3);
  CHECK(actions[0].postconditions.at(0).type == Condition::Type::update_service_idle);
  CHECK(actions[1].postconditions.at(0).type == Condition::Type::update_service_idle);
  CHECK(actions[2].postconditions.at(0).type == Condition::Type::resource_present);
  CHECK(actions[1].summary == "push U46_2.36.fwpkg into the repository (section 2 of 3)");
}

TEST_CASE("an iLO 4 and an iLO that shows nothing of the kind are refused") {
  Request old;
  old.host.vendor_facts["hpe.generation"] = "iLO 4";
  CHECK(old.refusal(CreateWindow{christmas()}) == Code::unsupported_generation);
  Request mute;
  mute.host.staging.reset();
  CHECK(mute.refusal(CreateWindow{christmas()}) == Code::feature_not_offered);
  Request without;
  without.host.staging->windows_uri.clear();
  CHECK(without.refusal(CreateWindow{christmas()}) == Code::feature_not_offered);
}

Request with_check() {
  Request request;
  request.host.vendor_facts["hpe.integrity_check"] = "/redfish/v1/UpdateService/Actions/Oem/Hpe/Check";
  request.host.vendor_facts["hpe.integrity_time"] = "2026-11-20T00:00:00Z";
  request.host.vendor_facts["hpe.integrity"] = "OK";
  return request;
}

TEST_CASE(
    "an integrity check is asked for with an empty body, of an idle iLO, and is done when the last scan is another") {
  const Request request = with_check();
  const Action action = request.action(CheckIntegrity{});
  CHECK(line(action) == "POST /redfish/v1/UpdateService/Actions/Oem/Hpe/Check {}");
  CHECK(action.type == plan::ActionType::invoke);
  CHECK(action.components == std::vector<std::string>{"integrity"});
  CHECK(has(action.preconditions, Condition::Type::update_service_idle));
  REQUIRE(action.postconditions.size() == 1);
  CHECK(action.postconditions[0].type == Condition::Type::fact_changed);
  CHECK(plan::check(action.postconditions[0], request.host).has_value());
  auto later = request.host;
  later.vendor_facts["hpe.integrity_time"] = "2026-11-21T00:00:00Z";
  CHECK_FALSE(plan::check(action.postconditions[0], later).has_value());
  CHECK(plan::violations_of_write({action}, {request.host, request.policies, CheckIntegrity{}, request.delivery})
            .empty());
}

TEST_CASE("an integrity check needs its licence and its action") {
  Request request = with_check();
  request.host.staging.reset();
  CHECK_FALSE(request.refusal(CheckIntegrity{}));
  request.host.vendor_facts.erase("hpe.integrity_check");
  CHECK(request.refusal(CheckIntegrity{}) == Code::feature_not_offered);
  request.host.vendor_facts["hpe.unlicensed"] = "firmware integrity check";
  CHECK(request.refusal(CheckIntegrity{}) == Code::license_missing);
}

TEST_CASE("an integrity check runs until the time moves, and its result is its end") {
  const Action action = with_check().action(CheckIntegrity{});
  const auto progress = [&](const std::string& time, const std::string& result) {
    const json::Object integrity{{"LastScanTime", time}, {"LastScanResult", result}};
    const json::Object hpe{{"FirmwareIntegrity", integrity}};
    return hpe::progress_of_check(action, json::Object{{"Oem", json::Object{{"Hpe", hpe}}}});
  };
  CHECK(progress("2026-11-20T00:00:00Z", "OK").state == ProgressState::running);
  CHECK(progress("2026-11-21T00:00:00Z", "OK").state == ProgressState::succeeded);
  CHECK(progress("2026-11-21T00:00:00Z", "Repaired").state == ProgressState::succeeded);
  CHECK(progress("2026-11-21T00:00:00Z", "Stopped").state == ProgressState::failed);
  const Progress bad = progress("2026-11-21T00:00:00Z", "Failure");
  CHECK(bad.state == ProgressState::failed);
  CHECK(bad.text.find("InvalidImageRepository") != std::string::npos);
}

TEST_CASE("evidence of an integrity check is a last scan that is another") {
  const Request request = with_check();
  const Action action = request.action(CheckIntegrity{});
  auto host = request.host;
  CHECK(hpe::weigh_check(action, host).evidence == Evidence::ambiguous);
  host.vendor_facts["hpe.integrity_time"] = "2026-11-21T00:00:00Z";
  CHECK(hpe::weigh_check(action, host).evidence == Evidence::done);
  host.vendor_facts["hpe.integrity"] = "Failure";
  CHECK(hpe::weigh_check(action, host).evidence == Evidence::running);
}

}  // namespace
}  // namespace firmform

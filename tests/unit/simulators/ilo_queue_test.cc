// SPDX-License-Identifier: Apache-2.0
// ilo.md 8
#include "tests/unit/simulators/ilo_parts.h"

namespace firmform::simulators {
namespace {

using Bench = PartsBench;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// An entry that iLO, UEFI or an agent is to install.
std::string update(const std::string& name, const std::string& file, const std::string& more = "") {
  return R"({"Name":")" + name + R"(","Command":"ApplyUpdate","Filename":")" + file + R"(")" + more + "}";
}

const Message kFailed{"iLO", "UpdateFailed", {"7"}};

// --- the resource ---

TEST_CASE("a new entry is answered with what it is, as Pending") {
  Bench bench;
  bench.owner.busy = true;
  const IloReply made = bench.queue.create(Bench::read(
      R"({"Name":"Friendly name for this item in the installation queue","Command":"ApplyUpdate",
          "Filename":"bios.fwpkg","TPMOverride":true})"));
  CHECK(made.status == 201);
  CHECK(made.body.text("@odata.id") == "/redfish/v1/UpdateService/UpdateTaskQueue/2d1a59f9");
  CHECK(made.body.text("@odata.etag") == "W/\"0534A00A\"");
  CHECK(made.body.text("Id") == "2d1a59f9");
  CHECK(made.body.text("Command") == "ApplyUpdate");
  CHECK(made.body.text("Filename") == "bios.fwpkg");
  CHECK(made.body.text("Component") == PlayedOwner::uri("bios.fwpkg"));
  CHECK(made.body.text("State") == "Pending");
  CHECK(made.body["TPMOverride"].as_bool() == true);
  CHECK(made.body["UpdateRecoverySet"].as_bool() == false);
  CHECK(made.body["RecoveryPrivilege"].as_bool() == true);
  CHECK(made.body["ExecutionTimeoutMinutes"].as_int() == 0);
  CHECK(made.body.text("Created") == "2026-11-22T00:00:00Z");
  CHECK(made.body.text("Modified") == "2026-11-22T00:00:00Z");
  CHECK(made.body.find("UpdatableBy") == nullptr);
  CHECK(bench.queue.member("2d1a59f9") == made.body);
}

TEST_CASE("entries have the schema of the generation") {
  const auto [model, type] = GENERATE(table<std::string, std::string>(
      {{"ilo5-old", "v1_2_0"}, {"ilo5", "v1_4_0"}, {"ilo6", "v1_5_0"}, {"ilo7", "v1_5_0"}}));
  Bench bench(model);
  const std::string id = bench.add(update("a", "sps.fwpkg"));
  CHECK(bench.queue.member(id).text("@odata.type") == "#HpeComponentUpdateTask." + type + ".HpeComponentUpdateTask");
}

TEST_CASE("members of the queue are in its order") {
  Bench bench;
  const std::string z = bench.add(update("z", "sps.fwpkg"));
  const std::string a = bench.add(update("a", "sps.fwpkg"));
  const json::Value members = bench.queue.collection()["Members"];
  REQUIRE(members.items().size() == 2);
  CHECK(members.items()[0].text("@odata.id").ends_with(z));
  CHECK(members.items()[1].text("@odata.id").ends_with(a));
}

TEST_CASE("an entry without Command is accepted and bound to nothing for ever") {
  Bench bench;
  bench.add_window(R"({"Name":"Christmas Maintenance Window","StartAfter":"2026-11-22T01:00:00Z"})");
  const IloReply made = bench.queue.create(Bench::read(
      R"({"Name":"FW for HPE Integrated Lights-Out 5","Filename":"ilo5_312.bin","MaintenanceWindow":"7ada2ed8"})"));
  CHECK(made.status == 201);
  CHECK(made.body.text("Id") == "fcf05991");
  CHECK(made.body.text("Command") == "ApplyUpdate");
  CHECK(made.body.text("State") == "Pending");
  CHECK(made.body.text("Component") == "0");
  CHECK(made.body.find("Filename") != nullptr);
  CHECK(made.body.text("Filename").empty());
  const std::string behind = bench.add(update("behind", "bios.flash"));
  bench.owner.pass(hours(48));
  CHECK(bench.state("fcf05991") == "Pending");
  CHECK(bench.state(behind) == "Pending");
  CHECK(bench.queue.files() == std::set<std::string>{"bios.flash"});
}

TEST_CASE("an iLO without the trap asks for the Command") {
  IloDisagreements choices;
  choices.unbound_without_command = false;
  Bench bench("ilo6", choices);
  const IloReply reply = bench.queue.create(Bench::read(R"({"Name":"a","Filename":"bios.flash"})"));
  CHECK(reply.status == 400);
  CHECK(key_of(reply) == "PropertyMissing");
}

TEST_CASE("an entry that is bound to nothing can be put right") {
  Bench bench;
  REQUIRE(bench.queue.create(Bench::read(R"({"Name":"a","Filename":"bios.flash"})")).status == 201);
  const std::string id = ilo_object_id("a");
  CHECK(bench.queue.change(id, Bench::read(R"({"Command":"ApplyUpdate","Filename":"bios.flash"})")).status == 200);
  CHECK(bench.queue.member(id).text("Component") == PlayedOwner::uri("bios.flash"));
  CHECK(bench.state(id) == "InProgress");
}

TEST_CASE("entries that make no sense are refused with the reason") {
  const auto [body, key] = GENERATE(table<std::string, std::string>({
      {R"({"Command":"ApplyUpdate","Filename":"bios.flash"})", "PropertyMissing"},
      {R"({"Name":"a","Command":"ApplyUpdate"})", "PropertyMissing"},
      {R"({"Name":"a","Command":"ApplyUpdate","Filename":"none.bin"})", "PropertyValueNotInList"},
      {R"({"Name":"a","Command":"ApplyUpdate","Filename":"../bios.flash"})", "PropertyValueFormatError"},
      {R"({"Name":"a","Command":"Explode"})", "PropertyValueNotInList"},
      {R"({"Name":"a","Command":"BootToUefi"})", "PropertyValueNotInList"},
      {R"({"Name":"a","Command":"HostPoweroff"})", "PropertyValueNotInList"},
      {R"({"Name":"a","Command":"Wait","WaitTimeSeconds":3601})", "PropertyValueFormatError"},
      {R"({"Name":"a","Command":"Wait","WaitTimeSeconds":"30"})", "PropertyValueTypeError"},
      {R"({"Name":"a","Command":"Wait","ExecutionTimeoutMinutes":301})", "PropertyValueFormatError"},
      {R"({"Name":"a","Command":"ResetServer","UpdatableBy":["Os"]})", "PropertyValueNotInList"},
      {R"({"Name":"a","Command":"ResetServer","UpdatableBy":"Bmc"})", "PropertyValueTypeError"},
      {R"({"Name":"a","Command":"ResetServer","Component":"bios.flash"})", "PropertyNotWritable"},
      {R"({"Name":"a","Command":"ResetServer","State":"Complete"})", "PropertyNotWritable"},
      {R"({"Name":"a","Command":"ResetServer","DowngradePolicy":"AllowDowngrade"})", "PropertyUnknown"},
      {R"({"Name":"a","Command":"ResetServer","TPMOverride":"yes"})", "PropertyValueTypeError"},
      {R"({"Name":"a","Command":"ResetServer","MaintenanceWindow":"7ada2ed8"})", "PropertyValueNotInList"},
      {R"({"Name":"a","Command":"ResetServer","StartAfter":"now"})", "PropertyValueFormatError"},
      {R"({"Name":"a","Command":"ResetServer","Expire":"2026-11-21T00:00:00Z"})", "PropertyValueIncompatible"},
      {R"({"Name":"a","Command":"ResetServer","StartAfter":"2026-11-23T00:00:00Z","Expire":"2026-11-23T00:00:00Z"})",
       "PropertyValueIncompatible"},
      {R"({"Name":"a","Command":"ResetServer","Targets":["/redfish/v1/Systems/1"]})", "InvalidTargetsURI"},
      {R"({"Name":"a","Command":"ResetServer","TaskPlacementMode":"QueueEnd"})", "PropertyValueNotInList"},
  }));
  Bench bench;
  INFO(body);
  const IloReply reply = bench.queue.create(Bench::read(body));
  CHECK(reply.status == 400);
  CHECK(key_of(reply) == key);
  CHECK(bench.queue.tasks().empty());
}

TEST_CASE("texts of entries have up to 64 characters, so not every stored file can be queued") {
  Bench bench;
  const std::string name(64, 'n');
  CHECK(key_of(bench.queue.create(Bench::read(update(name + "n", "bios.flash")))) == "StringValueTooLong");
  const std::string file = std::string(61, 'f') + ".bin";
  bench.owner.stored[file] = {file, "/x", {"Bmc"}, false, "AfterReboot"};
  CHECK(key_of(bench.queue.create(Bench::read(update("a", file)))) == "StringValueTooLong");
  bench.add(update(name, "bios.flash"));
}

TEST_CASE("an entry's name is taken once, even when the entry is over") {
  Bench bench;
  bench.add(update("a", "bios.flash"));
  CHECK(key_of(bench.queue.create(Bench::read(update("a", "sps.fwpkg")))) == "ResourceAlreadyExists");
  bench.owner.end_install();
  CHECK(bench.queue.create(Bench::read(update("a", "sps.fwpkg"))).status == 400);
}

TEST_CASE("a full queue takes no more") {
  IloDisagreements choices;
  choices.queue_capacity = 1;
  choices.full_status = 503;
  Bench bench("ilo6", choices);
  bench.add(update("a", "sps.fwpkg"));
  const IloReply reply = bench.queue.create(Bench::read(update("b", "sps.fwpkg")));
  CHECK(reply.status == 503);
  CHECK(key_of(reply) == "UpdateTaskQueueFull");
}

TEST_CASE("entries with targets show them, where the generation knows them") {
  const std::string body = update(
      "a", "bios.flash", R"(,"UpdatableBy":["Bmc"],"Targets":["/redfish/v1/UpdateService/FirmwareInventory/22"])");
  Bench bench;
  bench.owner.busy = true;
  const json::Value shown = bench.queue.member(bench.add(body));
  CHECK(shown["Targets"].items().size() == 1);
  CHECK(shown["UpdatableBy"].items().size() == 1);
  CHECK(key_of(Bench("ilo5-old").queue.create(Bench::read(body))) == "PropertyUnknown");
  IloDisagreements choices;
  choices.misspelled_recovery_set = true;
  Bench misspelling("ilo6", choices);
  CHECK(misspelling.queue.create(Bench::read(body)).body.find("UpdatedRecoverySet") != nullptr);
}

TEST_CASE("an entry may be put in front, where the generation knows that") {
  const std::string urgent = update("urgent", "sps.fwpkg", R"(,"TaskPlacementMode":"QueueStart")");
  Bench bench("ilo7");
  const std::string first = bench.add(update("a", "bios.flash"));
  bench.add(update("b", "sps.fwpkg"));
  const std::string in_front = bench.add(urgent);
  REQUIRE(bench.queue.tasks().front().id == first);  // is being installed
  CHECK(std::next(bench.queue.tasks().begin())->id == in_front);
  CHECK(key_of(Bench("ilo5").queue.create(Bench::read(urgent))) == "PropertyUnknown");
}

TEST_CASE("PendingReset is known to newer generations") {
  const std::string body = R"({"Name":"a","Command":"PendingReset"})";
  CHECK(Bench("ilo5-old").queue.create(Bench::read(body)).status == 400);
  CHECK(Bench("ilo5").queue.create(Bench::read(body)).status == 201);
}

TEST_CASE("the queue is not touched without the privilege to configure iLO") {
  Bench bench;
  const std::string id = bench.add(update("a", "sps.fwpkg"));
  bench.owner.missing.insert("iLOConfigPriv");
  CHECK(bench.queue.create(Bench::read(update("b", "sps.fwpkg"))).status == 403);
  CHECK(bench.queue.change(id, Bench::read("{}")).status == 403);
  CHECK(bench.queue.remove(id).status == 403);
  CHECK(key_of(bench.queue.remove_all()) == "InsufficientPrivilege");
  CHECK(bench.queue.tasks().size() == 1);
}

TEST_CASE("RecoveryPrivilege tells of the creator, and UpdateRecoverySet needs that privilege") {
  Bench bench;
  bench.owner.missing.insert("SystemRecoveryConfigPriv");
  const std::string id = bench.add(update("a", "sps.fwpkg"));
  CHECK(bench.queue.member(id)["RecoveryPrivilege"].as_bool() == false);
  CHECK(bench.queue.create(Bench::read(update("b", "bios.flash", R"(,"UpdateRecoverySet":true)"))).status == 403);
  CHECK(bench.queue.change(id, Bench::read(R"({"UpdateRecoverySet":true})")).status == 403);
}

TEST_CASE("a new name moves an entry, and a taken one is refused") {
  Bench bench;
  const std::string a = bench.add(update("a", "sps.fwpkg"));
  bench.add(update("b", "sps.fwpkg"));
  CHECK(key_of(bench.queue.change(a, Bench::read(R"({"Name":"b"})"))) == "ResourceAlreadyExists");
  CHECK(bench.queue.change(a, Bench::read(R"({"Name":"c"})")).status == 200);
  CHECK(bench.queue.member(a).is_null());
  CHECK(bench.queue.member(ilo_object_id("c")).text("Name") == "c");
}

TEST_CASE("UpdatableBy and Targets can only be said when an entry is made") {
  Bench bench;
  const std::string id = bench.add(update("a", "sps.fwpkg"));
  CHECK(key_of(bench.queue.change(id, Bench::read(R"({"UpdatableBy":["Bmc"]})"))) == "PropertyNotWritable");
  CHECK(key_of(bench.queue.change(id, Bench::read(R"({"Targets":[]})"))) == "PropertyNotWritable");
  CHECK(key_of(bench.queue.change(id, Bench::read(R"({"Created":"2026-11-22T00:00:00Z"})"))) == "PropertyNotWritable");
  CHECK(bench.queue.change("12345678", Bench::read("{}")).status == 404);
}

TEST_CASE("removing entries lets go of their files") {
  Bench bench;
  const std::string a = bench.add(update("a", "sps.fwpkg"));
  bench.add(update("b", "nic.rpm"));
  CHECK(bench.queue.files() == std::set<std::string>{"nic.rpm", "sps.fwpkg"});
  const int changes = bench.owner.reference_changes;
  CHECK(key_of(bench.queue.remove(a)) == "Success");
  CHECK(bench.queue.files() == std::set<std::string>{"nic.rpm"});
  CHECK(bench.owner.reference_changes == changes + 1);
  CHECK(bench.queue.remove(a).status == 404);
  CHECK(key_of(bench.queue.remove_all()) == "Success");
  CHECK(bench.queue.tasks().empty());
}

// --- the order ---

TEST_CASE("iLO begins with its entry at once and passes on what the entry says") {
  Bench bench;
  const std::string id = bench.add(
      update("a", "bios.flash", R"(,"TPMOverride":true,"Targets":["/redfish/v1/UpdateService/FirmwareInventory/2"])"));
  CHECK(bench.state(id) == "InProgress");
  REQUIRE(bench.owner.begun.size() == 1);
  const IloInstallOrder& order = bench.owner.begun.front();
  CHECK(order.filename == "bios.flash");
  CHECK(order.updater == "Bmc");
  CHECK(order.tpm_override);
  CHECK(order.recovery_privilege);
  CHECK(order.targets.size() == 1);
  bench.owner.end_install();
  CHECK(bench.state(id) == "Complete");
}

TEST_CASE("iLO works on one entry after the other") {
  Bench bench;
  const std::string a = bench.add(update("a", "bios.flash"));
  const std::string b = bench.add(update("b", "bios.fwpkg"));
  CHECK(bench.state(b) == "Pending");
  bench.owner.end_install();
  CHECK(bench.state(a) == "Complete");
  CHECK(bench.state(b) == "InProgress");
}

TEST_CASE("iLO waits with its entry until another update is over") {
  Bench bench;
  bench.owner.busy = true;
  const std::string id = bench.add(update("a", "bios.flash"));
  CHECK(bench.state(id) == "Pending");
  bench.owner.busy = false;
  bench.queue.work();
  CHECK(bench.state(id) == "InProgress");
}

TEST_CASE("what an updater does depends on the first entry that is not over") {
  const auto [state, passes] = GENERATE(table<std::string, bool>({{"Pending", false},
                                                                  {"InProgress", false},
                                                                  {"Expired", false},
                                                                  {"Exception", false},
                                                                  {"Complete", true},
                                                                  {"Canceled", true}}));
  Bench bench;
  const std::string head = bench.add(update("head", "nic.rpm"));
  const std::string behind = bench.add(update("behind", "bios.flash"));
  INFO(state);
  CHECK(bench.queue.change(head, Bench::read(R"({"State":")" + state + R"("})")).status == 200);
  bench.owner.pass(hours(1));
  CHECK(bench.state(head) == state);
  CHECK((bench.state(behind) == "InProgress") == passes);
}

TEST_CASE("a failed install blocks the queue until its entry is removed") {
  Bench bench;
  const std::string failed = bench.add(update("a", "bios.flash"));
  const std::string behind = bench.add(update("b", "bios.fwpkg"));
  bench.owner.end_install(kFailed);
  CHECK(bench.state(failed) == "Exception");
  CHECK(bench.queue.member(failed)["Result"].text("MessageId") == "iLO.2.25.UpdateFailed");
  bench.owner.pass(hours(240));
  CHECK(bench.state(failed) == "Exception");
  CHECK(bench.state(behind) == "Pending");
  CHECK(bench.queue.remove(failed).status == 200);
  CHECK(bench.state(behind) == "InProgress");
}

TEST_CASE("a missing TPM override ends an entry as Exception") {
  Bench bench;
  const std::string id = bench.add(update("a", "bios.flash"));
  bench.owner.end_install(Message{"iLO", "FWFlashTPMOverrideFlagRequired", {}});
  CHECK(bench.state(id) == "Exception");
  CHECK(bench.queue.member(id)["Result"].text("MessageId").ends_with("FWFlashTPMOverrideFlagRequired"));
}

TEST_CASE("iLO does not install what only others can") {
  Bench bench;
  const std::string id = bench.add(update("a", "sps.fwpkg", R"(,"UpdatableBy":["Bmc"])"));
  CHECK(bench.state(id) == "Exception");
  CHECK(bench.owner.begun.empty());
}

TEST_CASE("an entry that is removed while it is installed lets the next one begin only after that") {
  Bench bench;
  const std::string a = bench.add(update("a", "bios.flash"));
  const std::string b = bench.add(update("b", "bios.fwpkg"));
  CHECK(bench.queue.remove(a).status == 200);
  CHECK(bench.state(b) == "Pending");
  bench.owner.end_install(kFailed);
  CHECK(bench.state(b) == "InProgress");
}

TEST_CASE("complete entries go after a day, others stay") {
  Bench bench;
  const std::string complete = bench.add(update("a", "bios.flash"));
  bench.owner.end_install();
  const std::string canceled = bench.add(update("b", "nic.rpm"));
  bench.queue.change(canceled, Bench::read(R"({"State":"Canceled"})"));
  const std::string failed = bench.add(update("c", "bios.flash"));
  bench.owner.end_install(kFailed);
  bench.owner.pass(hours(24) - seconds(1));
  CHECK(bench.state(complete) == "Complete");
  bench.owner.pass(seconds(1));
  CHECK(bench.state(complete).empty());
  CHECK(bench.queue.files() == std::set<std::string>{"bios.flash", "nic.rpm"});
  bench.owner.pass(hours(1000));
  CHECK(bench.state(canceled) == "Canceled");
  CHECK(bench.state(failed) == "Exception");
}

// --- time ---

TEST_CASE("an entry does not start before its time") {
  Bench bench;
  const std::string id = bench.add(update("a", "bios.flash", R"(,"StartAfter":"2026-11-22T22:00:00Z")"));
  bench.owner.pass(hours(22) - seconds(1));
  CHECK(bench.state(id) == "Pending");
  bench.owner.pass(seconds(1));
  CHECK(bench.state(id) == "InProgress");
}

TEST_CASE("an entry in a window starts when the window opens, and everything behind it waits") {
  Bench bench;
  bench.add_window(
      R"({"Name":"Christmas Maintenance Window","StartAfter":"2026-11-22T02:00:00Z","Expire":"2026-11-22T04:00:00Z"})");
  const std::string id = bench.add(update("a", "bios.flash", R"(,"MaintenanceWindow":"7ada2ed8")"));
  const std::string behind = bench.add(update("b", "bios.flash"));
  CHECK(bench.queue.member(id).text("MaintenanceWindow") == "7ada2ed8");
  bench.owner.pass(hours(2) - seconds(1));
  CHECK(bench.owner.begun.empty());
  bench.owner.pass(seconds(1));
  CHECK(bench.state(id) == "InProgress");
  CHECK(bench.state(behind) == "Pending");
}

TEST_CASE("an entry that is still Pending when its time is over expires and blocks") {
  Bench bench;
  const std::string id = bench.add(update("a", "sps.fwpkg", R"(,"Expire":"2026-11-22T02:00:00Z")"));
  const std::string behind = bench.add(update("b", "bios.flash"));
  bench.owner.pass(hours(2) - seconds(1));
  CHECK(bench.state(id) == "Pending");
  bench.owner.pass(seconds(1));
  CHECK(bench.state(id) == "Expired");
  bench.owner.pass(hours(100));
  CHECK(bench.state(id) == "Expired");
  CHECK(bench.state(behind) == "Pending");
}

TEST_CASE("an entry that has begun does not expire") {
  Bench bench;
  const std::string id = bench.add(update("a", "bios.flash", R"(,"Expire":"2026-11-22T00:05:00Z")"));
  bench.owner.pass(minutes(10));
  CHECK(bench.state(id) == "InProgress");
}

TEST_CASE("an expired entry waits again once its time was edited") {
  Bench bench;
  const std::string id = bench.add(update("a", "sps.fwpkg", R"(,"Expire":"2026-11-22T02:00:00Z")"));
  bench.owner.pass(hours(3));
  REQUIRE(bench.state(id) == "Expired");
  CHECK(bench.queue.change(id, Bench::read(R"({"Expire":"2026-11-22T02:30:00Z"})")).status == 400);
  CHECK(bench.queue.change(id, Bench::read(R"({"Expire":"2026-11-22T06:00:00Z"})")).status == 200);
  CHECK(bench.state(id) == "Pending");
  bench.owner.pass(hours(3));
  CHECK(bench.state(id) == "Expired");
}

TEST_CASE("an entry that would expire before one in front of it starts is not saved") {
  Bench bench;
  bench.add(update("a", "bios.flash", R"(,"StartAfter":"2026-12-01T00:00:00Z")"));
  const IloReply reply =
      bench.queue.create(Bench::read(update("b", "bios.flash", R"(,"Expire":"2026-12-01T00:00:00Z")")));
  CHECK(reply.status == 400);
  CHECK(key_of(reply) == "PropertyValueIncompatible");
  bench.add(update("b", "bios.flash", R"(,"Expire":"2026-12-01T00:00:01Z")"));
  bench.add(update("c", "bios.flash", R"(,"Expire":"2026-11-30T00:00:00Z","TaskPlacementMode":"QueueStart")"));
}

TEST_CASE("schedules go by the clock of the iLO") {
  Bench bench;
  bench.owner.now -= hours(24 * 365);
  bench.add(update("a", "bios.flash", R"(,"Expire":"2026-01-01T00:00:00Z")"));
}

// --- commands ---

TEST_CASE("iLO waits as long as an entry says") {
  Bench bench;
  const std::string pause =
      bench.add(R"({"Name":"pause","Command":"Wait","WaitTimeSeconds":30,"UpdatableBy":["Bmc"]})");
  const std::string behind = bench.add(update("a", "bios.flash"));
  CHECK(bench.state(pause) == "InProgress");
  CHECK(bench.queue.member(pause)["WaitTimeSeconds"].as_int() == 30);
  CHECK(bench.queue.member(pause).find("Component") == nullptr);
  bench.owner.pass(seconds(29));
  CHECK(bench.state(behind) == "Pending");
  bench.owner.pass(seconds(1));
  CHECK(bench.state(pause) == "Complete");
  CHECK(bench.state(behind) == "InProgress");
}

TEST_CASE("ResetServer is carried out by its updater only") {
  Bench bench;
  SECTION("iLO") {
    bench.add(R"({"Name":"reset","Command":"ResetServer","UpdatableBy":["Bmc"]})");
    CHECK(bench.owner.server_resets == 1);
  }
  SECTION("UEFI") {
    bench.add(R"({"Name":"reset","Command":"ResetServer","UpdatableBy":["Uefi"]})");
    CHECK(bench.owner.server_resets == 0);
    bench.queue.post_began();
    CHECK(bench.owner.server_resets == 1);
  }
  SECTION("agent") {
    bench.add(R"({"Name":"reset","Command":"ResetServer","UpdatableBy":["RuntimeAgent"]})");
    bench.queue.post_began();
    CHECK(bench.owner.server_resets == 0);
    CHECK(bench.queue.work_as_agent({}));
    CHECK(bench.owner.server_resets == 1);
  }
  CHECK(bench.state(ilo_object_id("reset")) == "Complete");
}

TEST_CASE("a server that is off is not reset, and the entry is over") {
  Bench bench;
  bench.owner.on = false;
  const std::string id = bench.add(R"({"Name":"reset","Command":"ResetServer","UpdatableBy":["Bmc"]})");
  CHECK(bench.state(id) == "Complete");
  CHECK(bench.owner.server_resets == 0);
}

TEST_CASE("ResetBmc is over when the iLO is back") {
  Bench bench;
  const std::string id = bench.add(R"({"Name":"reset","Command":"ResetBmc","UpdatableBy":["Bmc"]})");
  const std::string behind = bench.add(update("a", "bios.flash"));
  CHECK(bench.owner.bmc_resets == 1);
  CHECK(bench.state(id) == "InProgress");
  bench.restart_ilo();
  CHECK(bench.state(id) == "Complete");
  CHECK(bench.state(behind) == "InProgress");
}

TEST_CASE("PendingReset lets pass once the host starts anew") {
  Bench bench;
  const std::string id = bench.add(R"({"Name":"until reset","Command":"PendingReset"})");
  const std::string behind = bench.add(update("a", "bios.flash"));
  bench.owner.pass(hours(5));
  CHECK(bench.state(behind) == "Pending");
  bench.queue.post_began();
  CHECK(bench.state(id) == "Complete");
  CHECK(bench.state(behind) == "InProgress");
}

// --- UEFI ---

TEST_CASE("UEFI installs in POST and at no other time") {
  Bench bench;
  const std::string id = bench.add(update("a", "sps.fwpkg"));
  bench.owner.pass(hours(100));
  CHECK(bench.state(id) == "Pending");
  bench.queue.post_began();
  REQUIRE(bench.state(id) == "InProgress");
  CHECK(bench.owner.begun.front().updater == "Uefi");
  bench.owner.end_install();
  CHECK(bench.state(id) == "Complete");
}

TEST_CASE("after installs in POST the machine starts anew, once") {
  Bench bench;
  bench.add(update("a", "sps.fwpkg"));
  bench.add(update("b", "sps.fwpkg"));
  bench.queue.post_began();
  bench.owner.end_install();
  CHECK(bench.owner.server_resets == 0);
  bench.owner.end_install();
  CHECK(bench.owner.server_resets == 1);
  bench.queue.post_began();
  bench.queue.post_ended();
  bench.owner.pass(hours(1));
  CHECK(bench.owner.server_resets == 1);
}

TEST_CASE("the second reset after installs in POST can be switched off") {
  IloDisagreements choices;
  choices.uefi_resets_after_install = false;
  Bench bench("ilo6", choices);
  bench.add(update("a", "sps.fwpkg"));
  bench.queue.post_began();
  bench.owner.end_install();
  CHECK(bench.owner.server_resets == 0);
}

TEST_CASE("what comes to the queue after POST waits for the next one") {
  Bench bench;
  bench.queue.post_began();
  bench.queue.post_ended();
  const std::string id = bench.add(update("a", "sps.fwpkg"));
  bench.owner.pass(minutes(5));
  CHECK(bench.state(id) == "Pending");
}

TEST_CASE("UEFI says what it would install before POST begins") {
  Bench bench;
  CHECK(bench.queue.uefi_work().empty());
  bench.add(update("a", "sps.fwpkg"));
  bench.add(R"({"Name":"pause","Command":"Wait","WaitTimeSeconds":5,"UpdatableBy":["Uefi"]})");
  bench.add(update("b", "sps.fwpkg"));
  bench.add(update("c", "nic.rpm"));
  bench.add(update("d", "sps.fwpkg"));
  REQUIRE(bench.queue.uefi_work().size() == 2);
  CHECK(bench.queue.uefi_work().front().filename == "sps.fwpkg");
}

TEST_CASE("an agent's entry in front keeps UEFI from its own") {
  Bench bench;
  bench.add(update("a", "nic.rpm"));
  const std::string id = bench.add(update("b", "sps.fwpkg"));
  bench.queue.post_began();
  CHECK(bench.state(id) == "Pending");
}

// --- agents ---

TEST_CASE("entries of an agent that is not there never progress") {
  Bench bench;
  const std::string id = bench.add(update("a", "nic.rpm"));
  bench.queue.post_began();
  bench.queue.post_ended();
  bench.owner.pass(hours(1000));
  CHECK(bench.state(id) == "Pending");
}

TEST_CASE("an agent takes the head only, and only its own") {
  Bench bench;
  CHECK_FALSE(bench.queue.work_as_agent({}));
  bench.add(update("a", "sps.fwpkg"));
  bench.add(update("b", "nic.rpm"));
  CHECK_FALSE(bench.queue.work_as_agent({}));
  CHECK(bench.queue.remove(ilo_object_id("a")).status == 200);
  CHECK(bench.queue.work_as_agent({}));
  CHECK(bench.state(ilo_object_id("b")) == "InProgress");
}

TEST_CASE("an agent elsewhere reports by writing State, Result and ResultLog") {
  Bench bench;
  const std::string id = bench.add(update("a", "nic.rpm"));
  const std::string behind = bench.add(update("b", "bios.flash"));
  CHECK(bench.queue.change(id, Bench::read(R"({"State":"InProgress"})")).status == 200);
  CHECK(bench.queue
            .change(id, Bench::read(R"({"State":"Complete","Result":{"MessageId":"SUT.2.0.Done"},
    "ResultLog":"QUJD"})"))
            .status == 200);
  const json::Value shown = bench.queue.member(id);
  CHECK(shown["Result"].text("MessageId") == "SUT.2.0.Done");
  CHECK(shown.text("ResultLog") == "QUJD");
  CHECK(bench.state(behind) == "InProgress");
  CHECK(key_of(bench.queue.change(id, Bench::read(R"({"State":"Done"})"))) == "PropertyValueNotInList");
}

// --- restarts of the iLO ---

TEST_CASE("an entry that installs the iLO itself is complete when the iLO is back") {
  Bench bench;
  const std::string id = bench.add(update("ilo", "ilo5_312.bin"));
  const std::string behind = bench.add(update("bios", "bios.flash"));
  bench.owner.end_install();
  CHECK(bench.state(id) == "InProgress");
  CHECK(bench.state(behind) == "Pending");
  bench.restart_ilo();
  CHECK(bench.state(id) == "Complete");
  CHECK(bench.state(behind) == "InProgress");
}

TEST_CASE("a restart in the middle of an install ends its entry as Exception") {
  Bench bench;
  const std::string id = bench.add(update("a", "bios.flash"));
  bench.restart_ilo();
  CHECK(bench.state(id) == "Exception");
  CHECK(bench.queue.member(id)["Result"].text("MessageId").ends_with("UpdateInterrupted"));
}

TEST_CASE("the queue survives a restart with all its times") {
  Bench bench;
  const std::string starts = bench.add(update("a", "bios.flash", R"(,"StartAfter":"2026-11-22T02:00:00Z")"));
  const std::string expires = bench.add(update("b", "bios.flash", R"(,"Expire":"2026-11-22T03:00:00Z")"));
  bench.restart_ilo();
  CHECK(bench.queue.tasks().size() == 2);
  bench.owner.pass(hours(3));
  CHECK(bench.state(starts) == "InProgress");
  CHECK(bench.state(expires) == "Expired");
}

// --- what field reports say of iLO 6 and 7 ---

TEST_CASE("an entry for all three updaters may become two, of which the second never ends") {
  IloDisagreements choices;
  choices.three_updaters_split = true;
  Bench bench("ilo7", choices);
  const std::string id = bench.add(update("all", "all.fwpkg"));
  REQUIRE(bench.queue.tasks().size() == 2);
  bench.owner.end_install();
  CHECK(bench.state(id) == "Complete");
  CHECK_FALSE(bench.queue.work_as_agent({}));
  bench.owner.pass(hours(10));
  CHECK(bench.state(ilo_object_id("all (OS)")) == "Pending");
  CHECK(Bench("ilo7").queue.create(Bench::read(update("all", "all.fwpkg"))).status == 201);
}

TEST_CASE("a BIOS package may need UEFI, whatever the entry says") {
  IloDisagreements choices;
  choices.bios_package_needs_uefi = true;
  Bench bench("ilo6", choices);
  const std::string by_bmc = bench.add(update("a", "bios.fwpkg", R"(,"UpdatableBy":["Bmc"])"));
  CHECK(bench.owner.begun.empty());
  CHECK(bench.queue.member(by_bmc)["Result"].text("MessageId").ends_with("SystemResetRequired"));
  const std::string by_uefi = bench.add(update("b", "bios.fwpkg", R"(,"UpdatableBy":["Uefi"])"));
  bench.queue.post_began();
  CHECK(bench.state(by_uefi) == "InProgress");
}

}  // namespace
}  // namespace firmform::simulators

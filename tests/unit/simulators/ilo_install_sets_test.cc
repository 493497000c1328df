// SPDX-License-Identifier: Apache-2.0
// ilo.md 10
#include "tests/simulators/captured_tree.h"
#include "tests/unit/simulators/ilo_parts.h"

namespace firmform::simulators {
namespace {

using Bench = PartsBench;

const std::string kRecoveryId = "a74b22b6";
const std::string kMine = R"({"Name":"MyInstallSet","Description":"Description of My Install Set","IsRecovery":false,
  "Sequence":[{"Name":"iLO","Filename":"ilo5_312.bin","Command":"ApplyUpdate","UpdatableBy":["Bmc"]},
              {"Name":"BIOS","Filename":"bios.flash","Command":"ApplyUpdate","UpdatableBy":["Bmc"]}]})";
const std::string kMyId = "a4f0d824";
const std::string kRecovery = R"({"Name":"System Recovery Set","IsRecovery":true,
  "Sequence":[{"Name":"iLO","Filename":"ilo5_312.bin","Command":"ApplyUpdate","UpdatableBy":["Bmc"]}]})";

std::string small(const std::string& name) {
  return R"({"Name":")" + name +
         R"(","Sequence":[{"Name":"a","Filename":"bios.flash","Command":"ApplyUpdate","UpdatableBy":["Bmc"]}]})";
}

json::Value captured(const std::string& folder) {
  return CapturedTree::load(folder)->find("/redfish/v1/UpdateService/InstallSets/a74b22b6")->body;
}

void add(Bench& bench, const std::string& body) {
  const IloReply reply = bench.sets.create(Bench::read(body));
  INFO(key_of(reply));
  REQUIRE(reply.status == 201);
}

IloReply invoke(Bench& bench, const std::string& id, const std::string& body = "{}") {
  return bench.sets.invoke(id, Bench::read(body));
}

TEST_CASE("a new install set is answered with what it is") {
  Bench bench;
  const IloReply made = bench.sets.create(Bench::read(kMine));
  CHECK(made.status == 201);
  CHECK(made.body.text("@odata.id") == "/redfish/v1/UpdateService/InstallSets/" + kMyId);
  CHECK(made.body.text("Id") == kMyId);
  CHECK(made.body["Actions"]["#HpeComponentInstallSet.Invoke"].text("target") ==
        "/redfish/v1/UpdateService/InstallSets/a4f0d824/Actions/HpeComponentInstallSet.Invoke");
  CHECK(made.body["IsRecovery"].as_bool() == false);
  const json::Value& first = made.body["Sequence"].items().front();
  CHECK(first.text("Name") == "iLO");
  CHECK(first.text("Component") == PlayedOwner::uri("ilo5_312.bin"));
  CHECK(first["ExecutionTimeoutMinutes"].as_int() == 0);
  CHECK(bench.sets.member(kMyId) == made.body);
}

TEST_CASE("install sets have the schema of the generation") {
  const auto [model, type] = GENERATE(table<std::string, std::string>(
      {{"ilo5-old", "v1_1_0"}, {"ilo5", "v1_4_0"}, {"ilo6", "v1_5_0"}, {"ilo7", "v1_5_0"}}));
  Bench bench(model);
  add(bench, kMine);
  CHECK(bench.sets.member(kMyId).text("@odata.type") == "#HpeComponentInstallSet." + type + ".HpeComponentInstallSet");
}

TEST_CASE("captured recovery sets are shown as they were captured") {
  const auto [model, folder] = GENERATE(table<std::string, std::string>(
      {{"ilo5", "hpe-dl360-gen10plus-ilo5"}, {"ilo6", "hpe-dl380a-gen11-ilo6"}, {"ilo7", "hpe-dl380a-gen12-ilo7"}}));
  Bench bench(model);
  json::Value expected = captured(folder);
  bench.sets.seed(expected);
  json::Value shown = bench.sets.member(kRecoveryId);
  // The tag covers the shape; only its form is known.
  shown.object().erase("@odata.etag");
  expected.object().erase("@odata.etag");
  CHECK(json::dump_canonical(shown) == json::dump_canonical(expected));
  CHECK(bench.sets.files().size() >= 3);
}

TEST_CASE("install sets that make no sense are refused with the reason") {
  const auto [body, key] = GENERATE(table<std::string, std::string>({
      {R"({"Sequence":[{"Name":"a","Filename":"bios.flash","Command":"ApplyUpdate"}]})", "PropertyMissing"},
      {R"({"Name":"s"})", "PropertyMissing"},
      {R"({"Name":"s","Sequence":[]})", "PropertyValueFormatError"},
      {R"({"Name":"s","Sequence":"a"})", "PropertyValueTypeError"},
      {R"({"Name":"s","Sequence":[{"Filename":"bios.flash","Command":"ApplyUpdate"}]})", "PropertyMissing"},
      {R"({"Name":"s","Sequence":[{"Name":"a","Filename":"bios.flash"}]})", "PropertyMissing"},
      {R"({"Name":"s","Sequence":[{"Name":"a","Command":"ApplyUpdate"}]})", "PropertyMissing"},
      {R"({"Name":"s","Sequence":[{"Name":"a","Command":"ApplyUpdate","Filename":"none.bin"}]})",
       "PropertyValueNotInList"},
      {R"({"Name":"s","Sequence":[{"Name":"a","Command":"ApplyUpdate","Filename":"a b.bin"}]})",
       "PropertyValueFormatError"},
      {R"({"Name":"s","Sequence":[{"Name":"a","Command":"Explode"}]})", "PropertyValueNotInList"},
      {R"({"Name":"s","Sequence":[{"Name":"a","Command":"ResetServer","UpdatableBy":["Os"]}]})",
       "PropertyValueNotInList"},
      {R"({"Name":"s","Sequence":[{"Name":"a","Command":"Wait","WaitTimeSeconds":3601}]})", "PropertyValueFormatError"},
      {R"({"Name":"s","Sequence":[{"Name":"a","Command":"Wait","ExecutionTimeoutMinutes":301}]})",
       "PropertyValueFormatError"},
      {R"({"Name":"s","Sequence":[{"Name":"a","Command":"Wait","Component":"/x"}]})", "PropertyNotWritable"},
      {R"({"Name":"s","Sequence":[{"Name":"a","Command":"Wait","TPMOverride":true}]})", "PropertyUnknown"},
  }));
  Bench bench;
  INFO(body);
  const IloReply reply = bench.sets.create(Bench::read(body));
  CHECK(reply.status == 400);
  CHECK(key_of(reply) == key);
  CHECK(bench.sets.collection()["Members"].items().empty());
}

TEST_CASE("two equal names in a sequence are refused by their places") {
  Bench bench;
  const IloReply reply = bench.sets.create(Bench::read(R"({"Name":"s","Sequence":[
    {"Name":"a","Command":"ResetServer"},{"Name":"b","Command":"ResetServer"},{"Name":"a","Command":"ResetBmc"}]})"));
  CHECK(reply.status == 400);
  REQUIRE(reply.messages.size() == 1);
  CHECK(reply.messages[0].registry == "iLO");
  CHECK(reply.messages[0].key == "PropertyValueIncompatible");
  CHECK(reply.messages[0].args == std::vector<std::string>{"NonUnique", "Sequence[0].Name", "Sequence[2].Name"});
}

TEST_CASE("texts of install sets have up to 64 characters") {
  Bench bench;
  const std::string fits(64, 'x');
  CHECK(key_of(bench.sets.create(Bench::read(small(fits + "x")))) == "StringValueTooLong");
  const std::string file(61, 'f');
  bench.owner.stored[file + ".bin"] = {file + ".bin", "/x", {"Bmc"}, false, "AfterReboot"};
  const IloReply long_file = bench.sets.create(Bench::read(
      R"({"Name":"s","Sequence":[{"Name":"a","Command":"ApplyUpdate","Filename":")" + file + R"(.bin"}]})"));
  CHECK(key_of(long_file) == "StringValueTooLong");
  add(bench, small(fits));
}

TEST_CASE("commands of install sets are those of the generation") {
  const auto with = [](const std::string& model, const std::string& command) {
    Bench bench(model);
    const IloReply reply =
        bench.sets.create(Bench::read(R"({"Name":"s","Sequence":[{"Name":"a","Command":")" + command + R"("}]})"));
    return reply.status;
  };
  CHECK(with("ilo5-old", "ResetServer") == 201);
  CHECK(with("ilo5-old", "PendingReset") == 400);
  CHECK(with("ilo5-old", "BootToUefi") == 400);
  CHECK(with("ilo5-old", "HostPoweroff") == 400);
  CHECK(with("ilo5", "HostPoweroff") == 201);
  CHECK(with("ilo6", "HostPoweroff") == 201);
  CHECK(with("ilo7", "HostPoweroff") == 400);
  CHECK(with("ilo7", "BootToUefi") == 201);
  CHECK(with("ilo7", "PendingReset") == 201);
}

TEST_CASE("targets of install sets are items of the inventory, up to ten, and unknown to old iLOs") {
  const auto with = [](const std::string& model, const std::string& targets) {
    Bench bench(model);
    return key_of(bench.sets.create(Bench::read(
        R"({"Name":"s","Sequence":[{"Name":"a","Command":"ApplyUpdate","Filename":"bios.flash","Targets":)" + targets +
        "}]}")));
  };
  const std::string item = R"("/redfish/v1/UpdateService/FirmwareInventory/2")";
  std::string many = "[" + item;
  for (int i = 0; i < 10; ++i) many += "," + item;
  CHECK(with("ilo6", "[" + item + "]").empty());
  CHECK(with("ilo6", R"(["/redfish/v1/Systems/1"])") == "InvalidTargetsURI");
  CHECK(with("ilo6", many + "]") == "TargetsLimitExceeded");
  CHECK(with("ilo5-old", "[" + item + "]") == "PropertyUnknown");
}

TEST_CASE("there are at most eight install sets") {
  Bench bench;
  for (int i = 0; i < 8; ++i) add(bench, small("s" + std::to_string(i)));
  CHECK(key_of(bench.sets.create(Bench::read(small("s8")))) == "CreateLimitReachedForResource");
}

TEST_CASE("an install set's name is taken once") {
  Bench bench;
  add(bench, kMine);
  CHECK(key_of(bench.sets.create(Bench::read(kMine))) == "ResourceAlreadyExists");
}

TEST_CASE("a changed install set is answered with 201, and a new name moves it") {
  Bench bench;
  add(bench, kMine);
  bench.owner.pass(std::chrono::hours(1));
  const IloReply changed = bench.sets.change(kMyId, Bench::read(R"({"Name":"MyModifiedInstallSet",
    "Sequence":[{"Name":"only","Filename":"bios.flash","Command":"ApplyUpdate","UpdatableBy":["Bmc"]}]})"));
  CHECK(changed.status == 201);
  CHECK(changed.body.text("Id") == "3e3567d5");
  CHECK(changed.body.text("Description") == "Description of My Install Set");
  CHECK(changed.body.text("Created") == "2026-11-22T00:00:00Z");
  CHECK(changed.body.text("Modified") == "2026-11-22T01:00:00Z");
  CHECK(changed.body["Sequence"].items().size() == 1);
  CHECK(bench.sets.member(kMyId).is_null());
  CHECK(bench.sets.files() == std::set<std::string>{"bios.flash"});
}

TEST_CASE("a bad change leaves an install set as it was") {
  Bench bench;
  add(bench, kMine);
  add(bench, small("other"));
  const json::Value before = bench.sets.member(kMyId);
  CHECK(bench.sets.change(kMyId, Bench::read(R"({"Sequence":[]})")).status == 400);
  CHECK(bench.sets.change(kMyId, Bench::read(R"({"Name":"other"})")).status == 400);
  CHECK(bench.sets.change(kMyId, Bench::read(R"({"IsRecovery":true})")).status == 400);
  CHECK(bench.sets.change("12345678", Bench::read("{}")).status == 404);
  CHECK(bench.sets.member(kMyId) == before);
}

TEST_CASE("files of install sets are referred to until the set is gone") {
  Bench bench;
  add(bench, kMine);
  CHECK(bench.sets.files() == std::set<std::string>{"bios.flash", "ilo5_312.bin"});
  const int changes = bench.owner.reference_changes;
  CHECK(bench.sets.remove(kMyId).status == 200);
  CHECK(bench.sets.files().empty());
  CHECK(bench.owner.reference_changes == changes + 1);
  CHECK(bench.sets.remove(kMyId).status == 404);
}

TEST_CASE("install sets are not touched without the privilege to configure iLO") {
  Bench bench;
  add(bench, kMine);
  bench.owner.missing.insert("iLOConfigPriv");
  CHECK(bench.sets.create(Bench::read(small("s"))).status == 403);
  CHECK(bench.sets.change(kMyId, Bench::read("{}")).status == 403);
  CHECK(bench.sets.remove(kMyId).status == 403);
  CHECK(bench.sets.remove_all(Bench::read("{}")).status == 403);
  CHECK(invoke(bench, kMyId).status == 403);
  CHECK(bench.queue.tasks().empty());
}

TEST_CASE("the recovery set is kept by DeleteInstallSets unless it is included") {
  Bench bench;
  bench.sets.seed(captured("hpe-dl380a-gen11-ilo6"));
  add(bench, kMine);
  CHECK(bench.sets.remove_all(Bench::read("{}")).status == 200);
  CHECK(bench.sets.member(kMyId).is_null());
  CHECK_FALSE(bench.sets.member(kRecoveryId).is_null());
  CHECK(bench.sets.remove_all(Bench::read(R"({"IncludeRecoverySet":true})")).status == 200);
  CHECK(bench.sets.member(kRecoveryId).is_null());
  CHECK(key_of(bench.sets.remove_all(Bench::read(R"({"Everything":true})"))) == "ActionParameterUnknown");
}

TEST_CASE("the recovery set is changed and removed only with the privilege for it") {
  Bench bench;
  bench.sets.seed(captured("hpe-dl380a-gen11-ilo6"));
  bench.owner.missing.insert("SystemRecoveryConfigPriv");
  CHECK(bench.sets.change(kRecoveryId, Bench::read(R"({"Description":"mine"})")).status == 403);
  CHECK(bench.sets.remove(kRecoveryId).status == 403);
  CHECK(bench.sets.remove_all(Bench::read(R"({"IncludeRecoverySet":true})")).status == 403);
  CHECK_FALSE(bench.sets.member(kRecoveryId).is_null());
  bench.owner.missing.clear();
  CHECK(bench.sets.remove(kRecoveryId).status == 200);
  bench.owner.missing.insert("SystemRecoveryConfigPriv");
  CHECK(bench.sets.create(Bench::read(kRecovery)).status == 403);
}

TEST_CASE("there is one recovery set, it has its own Id and holds only what iLO itself installs") {
  Bench bench;
  CHECK(key_of(bench.sets.create(Bench::read(R"({"Name":"mine","IsRecovery":true,
    "Sequence":[{"Name":"a","Filename":"bios.flash","Command":"ApplyUpdate"}]})"))) == "PropertyValueIncompatible");
  CHECK(key_of(bench.sets.create(Bench::read(R"({"Name":"System Recovery Set","IsRecovery":true,
    "Sequence":[{"Name":"a","Filename":"sps.fwpkg","Command":"ApplyUpdate"}]})"))) == "PropertyValueIncompatible");
  const IloReply made = bench.sets.create(Bench::read(kRecovery));
  CHECK(made.status == 201);
  CHECK(made.body.text("Id") == kRecoveryId);
  CHECK(key_of(bench.sets.create(Bench::read(kRecovery))) == "ResourceAlreadyExists");
}

TEST_CASE("a newer image takes the place of the older one in the recovery set") {
  Bench bench;
  add(bench, kRecovery);
  bench.owner.stored["ilo5_313.bin"] = {"ilo5_313.bin", "/newer", {"Bmc"}, false, "AfterDeviceReset"};
  CHECK(bench.sets.replace_in_recovery_set("ilo5_312.bin", "ilo5_313.bin"));
  const json::Value step = bench.sets.member(kRecoveryId)["Sequence"].items().front();
  CHECK(step.text("Filename") == "ilo5_313.bin");
  CHECK(step.text("Component") == "/newer");
  CHECK(step.text("Name") == "iLO");
  CHECK_FALSE(bench.sets.replace_in_recovery_set("ilo5_312.bin", "ilo5_313.bin"));
}

// --- Invoke ---

TEST_CASE("Invoke puts one entry for each item into the queue, under the items' names") {
  Bench bench;
  add(bench, kMine);
  const IloReply reply = invoke(bench, kMyId, R"({"TPMOverride":true})");
  CHECK(reply.status == 200);
  CHECK(key_of(reply) == "Success");
  REQUIRE(bench.queue.tasks().size() == 2);
  const json::Value first = bench.queue.member(ilo_object_id("iLO"));
  CHECK(first.text("Filename") == "ilo5_312.bin");
  CHECK(first.text("Component") == PlayedOwner::uri("ilo5_312.bin"));
  CHECK(first["TPMOverride"].as_bool() == true);
  CHECK(bench.state(ilo_object_id("BIOS")) == "Pending");
}

TEST_CASE("Invoke adds behind what is there, unless it is told to clear the queue") {
  Bench bench;
  add(bench, kMine);
  const std::string before = bench.add(R"({"Name":"before","Command":"ApplyUpdate","Filename":"sps.fwpkg"})");
  CHECK(invoke(bench, kMyId).status == 200);
  CHECK(bench.queue.tasks().front().id == before);
  CHECK(invoke(bench, kMyId, R"({"ClearTaskQueue":true})").status == 200);
  CHECK(bench.queue.tasks().size() == 2);
  CHECK(bench.state(before).empty());
}

TEST_CASE("Invoke adds nothing where one of the names is taken") {
  Bench bench;
  add(bench, kMine);
  bench.add(R"({"Name":"BIOS","Command":"ApplyUpdate","Filename":"sps.fwpkg"})");
  CHECK(key_of(invoke(bench, kMyId)) == "ResourceAlreadyExists");
  CHECK(bench.queue.tasks().size() == 1);
}

TEST_CASE("Invoke adds nothing where the queue would be too long") {
  IloDisagreements choices;
  choices.queue_capacity = 2;
  Bench bench("ilo6", choices);
  add(bench, kMine);
  bench.add(R"({"Name":"before","Command":"ApplyUpdate","Filename":"sps.fwpkg"})");
  const IloReply reply = invoke(bench, kMyId);
  CHECK(reply.status == 400);
  CHECK(key_of(reply) == "UpdateTaskQueueFull");
  CHECK(bench.queue.tasks().size() == 1);
  CHECK(invoke(bench, kMyId, R"({"ClearTaskQueue":true})").status == 200);
}

TEST_CASE("entries of an Invoke with a window or times wait for them") {
  Bench bench;
  add(bench, kMine);
  SECTION("window") {
    bench.add_window(R"({"Name":"Christmas Maintenance Window","StartAfter":"2026-12-25T00:00:00Z"})");
    CHECK(invoke(bench, kMyId, R"({"MaintenanceWindow":"7ada2ed8"})").status == 200);
    CHECK(bench.queue.member(ilo_object_id("iLO")).text("MaintenanceWindow") == "7ada2ed8");
  }
  SECTION("times") {
    CHECK(invoke(bench, kMyId, R"({"StartAfter":"2026-12-25T00:00:00Z","Expire":"2026-12-26T00:00:00Z"})").status ==
          200);
    CHECK(bench.queue.member(ilo_object_id("BIOS")).text("Expire") == "2026-12-26T00:00:00Z");
  }
  CHECK(bench.owner.begun.empty());
  bench.owner.pass(std::chrono::hours(24 * 33));
  CHECK(bench.owner.begun.size() == 1);
}

TEST_CASE("an Invoke that makes no sense is refused and adds nothing") {
  const auto [body, key] = GENERATE(table<std::string, std::string>({
      {R"({"MaintenanceWindow":"7ada2ed8"})", "PropertyValueNotInList"},
      {R"({"StartAfter":"2026-12-25T00:00:00Z","Expire":"2026-12-24T00:00:00Z"})", "PropertyValueIncompatible"},
      {R"({"Expire":"2026-11-21T00:00:00Z"})", "PropertyValueIncompatible"},
      {R"({"StartAfter":"tomorrow"})", "ActionParameterValueFormatError"},
      {R"({"ClearTaskQueue":"yes"})", "ActionParameterValueTypeError"},
      {R"({"Force":true})", "ActionParameterUnknown"},
      {R"({"UpdateRecoverySet":true})", "RecoveryInstallSetRequired"},
  }));
  Bench bench;
  add(bench, kMine);
  INFO(body);
  const IloReply reply = invoke(bench, kMyId, body);
  CHECK(reply.status == 400);
  CHECK(key_of(reply) == key);
  CHECK(bench.queue.tasks().empty());
}

TEST_CASE("UpdateRecoverySet of an Invoke needs the privilege for it and reaches the entries") {
  Bench bench;
  add(bench, kRecovery);
  add(bench, kMine);
  bench.owner.missing.insert("SystemRecoveryConfigPriv");
  CHECK(invoke(bench, kMyId, R"({"UpdateRecoverySet":true})").status == 403);
  bench.owner.missing.clear();
  CHECK(invoke(bench, kMyId, R"({"UpdateRecoverySet":true,"ClearTaskQueue":true})").status == 200);
  CHECK(bench.owner.begun.front().update_recovery_set);
}

TEST_CASE("Invoke of a set that is not there answers 404") {
  Bench bench;
  CHECK(invoke(bench, "12345678").status == 404);
}

TEST_CASE("a captured recovery set with a reset at its end can be invoked") {
  Bench bench("ilo7");
  const json::Value set = captured("hpe-dl380a-gen12-ilo7");
  bench.sets.seed(set);
  for (const json::Value& item : set["Sequence"].items()) {
    const std::string file(item.text("Filename"));
    if (!file.empty()) bench.owner.stored[file] = {file, std::string(item.text("Component")), {"Bmc"}, false, ""};
  }
  REQUIRE(invoke(bench, kRecoveryId).status == 200);
  for (int i = 0; i < 5; ++i) bench.owner.end_install();
  CHECK(bench.state(ilo_object_id("Reset the server")) == "Complete");
  CHECK(bench.owner.server_resets == 1);
}

}  // namespace
}  // namespace firmform::simulators

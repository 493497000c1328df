// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/codec.h"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "engine/base/digest.h"
#include "tests/support/golden.h"
#include "tests/support/small_fleet.h"
#include "tests/support/temporary_directory.h"

namespace firmform::tests {
namespace {

namespace fs = std::filesystem;

plan::Plan small_plan() {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc("2.46")}));
  fleet.add(unreachable("web-02"));
  return *fleet.plan().value;
}

/// What reading says of the plan's JSON after `edit`; with `sign` the id is made to fit.
Code code_after(const std::function<void(json::Object&)>& edit, bool sign = false) {
  json::Value value = plan::to_json(small_plan());
  edit(value.object());
  if (sign) {
    value.object().erase("id");
    value.object().set("id", sha256_hex(json::dump_canonical(value)));
  }
  const Result<plan::Plan> plan = plan::from_json(value);
  REQUIRE_FALSE(plan);
  return plan.error().code();
}

}  // namespace

TEST_CASE("A plan survives being written and read") {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "web.plan";
  const plan::Plan plan = small_plan();
  REQUIRE(plan::write_file(plan, file));
  const Result<plan::Plan> again = plan::read_file(file);
  REQUIRE(again);
  CHECK(*again == plan);
  CHECK(read_text(file) == json::dump_canonical(plan::to_json(plan)) + "\n");
}

TEST_CASE("Everything of a resource, an image and an appointment survives being written and read") {
  plan::Plan plan = small_plan();
  plan::Change& change = plan.changes.front();
  change.resource = plan::ResourceType::queue_entry;
  change.kind = plan::ChangeKind::create;
  change.from.reset();
  change.staged.reset();
  change.to = "name|ResetServer||by Bmc";
  change.details = {"for SystemBMC", "step 2: a, was b"};
  change.scheduled = plan::Appointment{"tonight", "7ada2ed8", kNow, kNow + std::chrono::hours(4)};
  for (const auto type : {plan::ActionType::store, plan::ActionType::create, plan::ActionType::change,
                          plan::ActionType::remove, plan::ActionType::invoke}) {
    plan.actions.front().type = type;
    plan.actions.front().image = plan::Image{.name = "a.exe",
                                             .path = "/images/a.exe",
                                             .url = {},
                                             .sha256 = std::string(64, 'a'),
                                             .size = 40'000'000,
                                             .served = true,
                                             .offset = 33'554'432,
                                             .length = 6'445'568,
                                             .signature_path = "/images/a_part2.compsig",
                                             .signature_sha256 = std::string(64, 'b')};
    plan.actions.front().preconditions = {
        {.type = plan::Condition::Type::resource_absent, .component = "queue:name"},
        {.type = plan::Condition::Type::resource_present, .component = "window:tonight", .value = "x"},
        {.type = plan::Condition::Type::queue_unblocked},
        {.type = plan::Condition::Type::clock_agrees, .value = "120"}};
    plan.header.id = plan::compute_id(plan);
    const Result<plan::Plan> again = plan::from_json(plan::to_json(plan));
    REQUIRE(again);
    CHECK(*again == plan);
  }
  for (const auto kind : {plan::ChangeKind::delete_, plan::ChangeKind::invoke, plan::ChangeKind::pending}) {
    change.kind = kind;
    change.from = "before";
    change.to.clear();
    plan.header.id = plan::compute_id(plan);
    CHECK(*plan::from_json(plan::to_json(plan)) == plan);
  }
}

TEST_CASE("Policy tools see the type of a resource, and null where there is none") {
  plan::Plan plan = small_plan();
  plan.changes.front().resource = plan::ResourceType::window;
  plan.changes.front().from.reset();
  plan.changes.front().to = "from then to then";
  const json::Value created = plan::to_json(plan)["resource_changes"].items().front();
  CHECK(created.text("type") == "maintenance_window");
  CHECK(created["change"]["before"].is_null());
  CHECK(created["change"]["after"].text("content") == "from then to then");
}

TEST_CASE("The id is the digest of the canonical JSON without it") {
  const plan::Plan plan = small_plan();
  json::Value value = plan::to_json(plan);
  value.object().erase("id");
  CHECK(plan.header.id == sha256_hex(json::dump_canonical(value)));
}

TEST_CASE("Any edit of a plan is noticed, also of what nothing reads") {
  CHECK(code_after([](json::Object& plan) { plan["directory"] = "/elsewhere"; }) == Code::plan_edited);
  CHECK(code_after([](json::Object& plan) { plan["summary"].object().set("update", 0); }) == Code::plan_edited);
  CHECK(code_after([](json::Object& plan) { plan.set("extra", true); }) == Code::plan_edited);
  CHECK(code_after([](json::Object& plan) {
          plan["actions"].array().front().object()["request"].object().set("target", "/redfish/v1/evil");
        }) == Code::plan_edited);
}

TEST_CASE("Plans of another version and files that are no plans are told apart") {
  CHECK(code_after([](json::Object& plan) { plan["format_version"] = "2.0"; }, true) == Code::plan_other_version);
  CHECK(code_after([](json::Object& plan) { plan.erase("format_version"); }, true) == Code::plan_malformed);
  CHECK(plan::from_json(json::Array{}).error().code() == Code::plan_malformed);
}

TEST_CASE("An inconsistent plan is refused even when its id fits") {
  const auto action = [](json::Object& plan, std::size_t index) -> json::Object& {
    return plan["actions"].array()[index].object();
  };
  CHECK(code_after([&](json::Object& plan) { action(plan, 1).set("needs", json::Array{1}); }, true) ==
        Code::plan_malformed);
  CHECK(code_after([&](json::Object& plan) { action(plan, 1).set("id", 0); }, true) == Code::plan_malformed);
  CHECK(code_after([&](json::Object& plan) { action(plan, 0).erase("request"); }, true) == Code::plan_malformed);
  CHECK(code_after([&](json::Object& plan) { action(plan, 0).set("type", "explode"); }, true) == Code::plan_malformed);
  CHECK(code_after([&](json::Object& plan) { action(plan, 0).set("host", "web-99"); }, true) == Code::plan_malformed);
  CHECK(code_after([&](json::Object& plan) { action(plan, 0).set("deadline_ms", -1); }, true) == Code::plan_malformed);
}

TEST_CASE("A plan file is for its owner only, and links at its place are not followed") {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "web.plan";
  const fs::path victim = directory.path() / "victim";
  std::ofstream(victim) << "precious";
  fs::create_symlink(victim, file);
  REQUIRE(plan::write_file(small_plan(), file));
  CHECK(read_text(victim) == "precious");
  struct stat status{};
  REQUIRE(::lstat(file.c_str(), &status) == 0);
  CHECK(S_ISREG(status.st_mode));
  CHECK((status.st_mode & 0777U) == 0600U);
  CHECK(std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator()) == 2);
}

TEST_CASE("A plan that cannot be written says so") {
  const TemporaryDirectory directory;
  CHECK(plan::write_file(small_plan(), directory.path()).error().code() == Code::plan_unwritable);
  CHECK(plan::write_file(small_plan(), directory.path() / "no" / "such").error().code() == Code::plan_unwritable);
  CHECK(plan::write_file(small_plan(), "/dev/full/x").error().code() == Code::plan_unwritable);
}

TEST_CASE("A file that is cut off or missing is malformed") {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "web.plan";
  CHECK(plan::read_file(file).error().code() == Code::plan_malformed);
  REQUIRE(plan::write_file(small_plan(), file));
  fs::resize_file(file, fs::file_size(file) / 2);
  CHECK(plan::read_file(file).error().code() == Code::plan_malformed);
}

}  // namespace firmform::tests

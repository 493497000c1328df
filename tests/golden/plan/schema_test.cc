// SPDX-License-Identifier: Apache-2.0
// What programs read is what schemas/ promises.
#include <catch2/catch.hpp>

#include "engine/plan/codec.h"
#include "engine/report/inventory_report.h"
#include "tests/support/golden.h"
#include "tests/support/json_schema.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

/// Where `value` breaks the schema of that name; empty when it does not.
std::string violation(const std::string& schema_name, const json::Value& value) {
  const auto schema = json::parse(read_text(std::filesystem::path(FIRMFORM_SOURCE_DIR) / "schemas" / schema_name));
  REQUIRE(schema);
  return JsonSchema(*schema).violation(value);
}

}  // namespace

TEST_CASE("Golden plans conform to the schema of plans") {
  for (const char* name : {"one-host", "converged", "exceptions", "resources"}) {
    const auto path = std::filesystem::path(FIRMFORM_TESTS_DIR) / "golden/plan" / name / "plan.json";
    const auto value = json::parse(read_text(path));
    REQUIRE(value);
    CHECK(violation("plan.v1.schema.json", *value).empty());
  }
}

TEST_CASE("The schema of plans refuses what is none") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc("2.46")}));
  json::Value value = plan::to_json(*fleet.plan().value);
  value.object()["actions"].array().front().object().set("type", "explode");
  CHECK(violation("plan.v1.schema.json", value) == "/actions/0/type enum");
  CHECK_FALSE(violation("plan.v1.schema.json", json::Object()).empty());
}

TEST_CASE("Inventories conform to the schema of inventories") {
  SmallFleet fleet;
  auto card = component("Card", "Card", "");
  card.version.reset();
  card.updateable.reset();
  card.kind = inventory::Kind::software;
  auto snapshot = host("web-01", {bmc("3.11 Feb 25 2025"), card});
  snapshot.tasks.push_back({"/redfish/v1/TaskService/Tasks/1", "Update", "Running", 40});
  fleet.add(snapshot);
  fleet.add(unreachable("web-02"));
  auto keeper = staging_host("web-03", {});
  keeper.staging->repository->images = {{.file = "a.fwpkg", .size = 1}};
  keeper.staging->queue = {{.step = {.name = "theirs", .file = "a.fwpkg"}, .result = "too late"}};
  keeper.staging->windows = {{.name = "tonight", .start = kNow}};
  keeper.staging->install_sets = {{.name = "golden", .steps = {{.name = "a", .file = "a.fwpkg"}}}};
  keeper.incidents = {{"", "The last flash was cut off."}};
  fleet.add(keeper);
  CHECK(violation("inventory.v1.schema.json", report::inventory_json(fleet.inventory)).empty());
}

}  // namespace firmform::tests

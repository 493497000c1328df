// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/explain.h"

#include <catch2/catch.hpp>

#include "engine/report/drift_report.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

Result<std::vector<plan::Explanation>> explain(const SmallFleet& fleet, const std::string& component,
                                               const std::string& host = "web-01") {
  const SourceMap sources = fleet.lines.sources();
  const plan::Plan plan = *fleet.plan().value;
  return plan::explain({fleet.desired, fleet.inventory, sources, plan}, host, component);
}

std::string text_of(const SmallFleet& fleet, const std::string& component) {
  const auto explanations = explain(fleet, component);
  if (!explanations) FAIL(explanations.error().message());
  return report::explanation_text(*explanations, {.width = 100, .color = false});
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

SmallFleet rack_server() {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.entry("System ROM", "U46 v2.10", "rom.bin").after = {fleet.text("iLO 5")};
  fleet.add(host("web-01", {bmc("2.46"), bios("U46 v1.60"), component("Nic", "NIC", "1.0")}));
  return fleet;
}

}  // namespace

TEST_CASE("An update is derived from inventory, manifest lines and actions") {
  const std::string text = text_of(rack_server(), "System ROM");
  INFO(text);
  CHECK(has(text, "It is updated from \"U46 v1.60\" to \"U46 v2.10\"."));
  CHECK(has(text, "[/redfish/v1/UpdateService/FirmwareInventory/SystemRomActive]"));
  CHECK(has(text, "group web gives baseline web"));
  CHECK(has(text, "[fleet.yaml:"));
  CHECK(has(text, "it comes after iLO 5"));
  CHECK(has(text, "the installed version is older"));
  CHECK(has(text, "restart the server"));
}

TEST_CASE("A refusal names the rule, its code and what to do") {
  SmallFleet fleet = rack_server();
  fleet.inventory.at("web-01").components.back().version = "U46 v3.00";
  const std::string text = text_of(fleet, "SystemRomActive");
  INFO(text);
  CHECK(has(text, "It is not changed to \"U46 v2.10\""));
  CHECK(has(text, "[FF0305]"));
}

TEST_CASE("What no line names is explained as well") {
  const std::string text = text_of(rack_server(), "NIC");
  CHECK(has(text, "It is left alone: no line of the manifest says which version it shall have."));
  CHECK(has(text, "no entry of baseline web names it"));
}

TEST_CASE("A host alone is explained with all that the manifest names") {
  const auto explanations = explain(rack_server(), "");
  REQUIRE(explanations);
  CHECK(explanations->size() == 2);
}

TEST_CASE("What the manifest names in vain is found by its text") {
  SmallFleet fleet = rack_server();
  fleet.entry("Smart Array", "7.11", "sa.bin");
  const auto explanations = explain(fleet, "Smart Array");
  REQUIRE(explanations);
  CHECK(has(report::explanation_text(*explanations, {}), "the host shows no component \"Smart Array\""));
}

TEST_CASE("Misspelt components and hosts are refused with the nearest name") {
  const auto misspelt = explain(rack_server(), "System ROW");
  REQUIRE_FALSE(misspelt);
  CHECK(misspelt.error().code() == Code::component_not_found);
  CHECK(misspelt.error().help() == std::vector<std::string>{"did you mean `System ROM`?"});
  CHECK(explain(rack_server(), "NIC", "web-99").error().code() == Code::unknown_host);
}

}  // namespace firmform::tests

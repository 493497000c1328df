// SPDX-License-Identifier: Apache-2.0
// What a person sees when a plan cannot be made as the manifest asks. UPDATE_GOLDEN=1 rewrites the expected files.
#include <catch2/catch.hpp>

#include "engine/manifest/load.h"
#include "tests/support/golden.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

/// The diagnostics of planning `inventory` by the manifest of that case, as text.
std::string diagnostics_of(const std::string& name, const inventory::Inventory& inventory) {
  const std::string path = "golden/plan/diagnostics/" + name + "/";
  const std::string text = read_text(std::filesystem::path(FIRMFORM_TESTS_DIR) / path / "fleet.yaml");
  SourceMap sources;
  const auto desired = manifest::load_desired({{"fleet.yaml", text}}, sources);
  INFO(render(desired.diagnostics, sources, {}));
  REQUIRE(desired.value);
  catalog::Catalog catalog;
  for (const char* image : {"ilo5.bin", "card.bin", "u46.bin", "agent.bin"}) {
    catalog.add(
        {.name = image, .path = std::string("/images/") + image, .url = {}, .size = 1, .sha256 = std::string(64, 'a')});
  }
  const auto planned = plan::make_plan({.desired = *desired.value,
                                        .inventory = inventory,
                                        .catalog = catalog,
                                        .sources = sources,
                                        .now = UtcTime{},
                                        .tool_version = "0.1.0"},
                                       fake_providers());
  return render(planned.diagnostics, sources, {});
}

void check_case(const std::string& name, const inventory::Inventory& inventory) {
  const std::string actual = diagnostics_of(name, inventory);
  CHECK(actual == golden("golden/plan/diagnostics/" + name + "/expected.txt", actual));
}

}  // namespace

TEST_CASE("Problems of a plan are shown at the lines that ask for it, once for all hosts") {
  inventory::Inventory inventory;
  for (const char* name : {"web-01", "web-02"}) {
    inventory[name] = host(name, {bmc("3.12"), bios("U46 v1.80 (07/05/2023)"), component("Card.1", "Card", "1.0"),
                                  component("Card.2", "Card", "1.0"), component("Agent", "Agent", "1.0")});
  }
  inventory["web-03"] = unreachable("web-03");
  inventory["old-01"] = host("old-01", {bmc("2.46")});
  check_case("problems", inventory);
}

TEST_CASE("Impossible orders are shown with the lines that make the shortest cycle") {
  inventory::Inventory inventory;
  for (const char* name : {"web-01", "web-02", "web-03"}) inventory[name] = host(name, {bmc("3.11")});
  check_case("cycles", inventory);
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// What `firmform import` makes of every captured BMC: a manifest that is valid, formatted, and asks for nothing.
#include "engine/plan/adopt.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "engine/manifest/format.h"
#include "engine/manifest/load.h"
#include "engine/plan/select.h"
#include "tests/conformance/providers/mockups.h"

using namespace firmform;

namespace {

plan::AdoptOptions options() {
  plan::AdoptOptions result;
  result.password = {.kind = manifest::PasswordSource::Kind::env, .name = "BMC_PASSWORD"};
  return result;
}

inventory::Inventory all_trees() {
  inventory::Inventory inventory;
  int number = 0;
  for (const tests::Mockup& mockup : tests::mockups()) {
    inventory::HostSnapshot host = tests::read_tree(tests::mockup_path(mockup.folder)).host;
    host.name = mockup.folder;
    host.bmc = fmt::format("https://192.0.2.{}", ++number);
    inventory[host.name] = std::move(host);
  }
  return inventory;
}

std::string formatted(const std::string& text) {
  SourceMap sources;
  const auto result = manifest::format(sources, sources.add("firmform.yaml", text));
  REQUIRE(result.value);
  return *result.value;
}

manifest::Desired loaded(const std::string& text) {
  SourceMap sources;
  auto result = manifest::load_desired({{"firmform.yaml", text}}, sources);
  INFO(render(result.diagnostics, sources, {}));
  REQUIRE(result.value);
  CHECK(result.diagnostics.empty());
  return std::move(*result.value);
}

}  // namespace

TEST_CASE("an adopted manifest is valid, formatted, and its plan is empty, for every captured BMC") {
  const Providers providers = all_providers();
  for (const auto& [name, host] : all_trees()) {
    CAPTURE(name);
    const inventory::Inventory one{{name, host}};
    const std::string text = plan::adopt(one, options());
    INFO(text);
    CHECK(plan::check_adopted(text, one, providers) == std::vector<std::string>());
    CHECK(formatted(text) == text);
    CHECK_FALSE(plan::adopt_firmware(host).empty());
  }
}

TEST_CASE("each adopted entry means what it says, and all firmware that can be managed is in") {
  for (const auto& [name, host] : all_trees()) {
    CAPTURE(name);
    std::set<std::string> met;
    for (const plan::AdoptedEntry& entry : plan::adopt_firmware(host)) {
      const auto found = plan::matching(entry.component, host);
      CAPTURE(entry.component.describe());
      CHECK(found.size() >= 1);
      if (!entry.every) CHECK(found.size() == 1);
      for (const inventory::Component* component : found) {
        CHECK(component->version == entry.version);
        CHECK(met.insert(component->address).second);
      }
    }
    for (const inventory::Component& component : host.components) {
      const bool wanted = component.slot == inventory::Slot::active && component.kind == inventory::Kind::firmware &&
                          component.updateable.value_or(true) && component.version.value_or("") == "1.0";
      if (wanted) CHECK(met.contains(component.address));
    }
  }
}

TEST_CASE("hosts of one model with equal firmware share a baseline, others have their own") {
  inventory::Inventory inventory;
  const inventory::HostSnapshot host = all_trees().at("hpe-dl360-gen10plus-ilo5");
  for (int i = 1; i <= 4; ++i) {
    inventory::HostSnapshot copy = host;
    copy.name = fmt::format("web-{}", i);
    copy.bmc = fmt::format("https://192.0.2.{}", i);
    if (i == 4) {
      for (inventory::Component& component : copy.components) {
        if (component.is_bmc) component.version = "2.99 Jan 01 2024";
      }
    }
    inventory[copy.name] = std::move(copy);
  }
  plan::AdoptOptions with_labels = options();
  with_labels.labels["web-1"] = {{"rack", "07"}, {"on", "yes"}};
  with_labels.ca_file = "pki/ca.pem";
  const std::string text = plan::adopt(inventory, with_labels);
  INFO(text);
  const manifest::Desired desired = loaded(text);
  CHECK(desired.baselines.size() == 2);
  const auto baseline = [&](const char* name) { return desired.hosts.at(name).baselines.front().name; };
  CHECK(baseline("web-1") == baseline("web-2"));
  CHECK(baseline("web-1") == baseline("web-3"));
  CHECK(baseline("web-1") != baseline("web-4"));
  CHECK(desired.hosts.at("web-1").labels == std::map<std::string, std::string>{{"on", "yes"}, {"rack", "07"}});
  CHECK(desired.hosts.at("web-2").tls.ca_file == "pki/ca.pem");
  CHECK(plan::check_adopted(text, inventory, all_providers()).empty());
}

TEST_CASE("hosts that could not be read are comments, with the reason") {
  inventory::Inventory inventory{{"good", all_trees().at("openbmc-2.15")}};
  inventory["good"].bmc = "https://192.0.2.1";
  inventory::HostSnapshot dead;
  dead.name = "dead";
  dead.bmc = "https://192.0.2.2";
  dead.status = inventory::HostStatus::unreachable;
  dead.error = Error(Code::host_unreachable, "nobody\nanswers: \"x\"");
  inventory["dead"] = dead;
  const std::string text = plan::adopt(inventory, options());
  INFO(text);
  CHECK(text.find("# dead: https://192.0.2.2: ") != std::string::npos);
  CHECK(loaded(text).hosts.size() == 1);
  CHECK(formatted(text) == text);
}

TEST_CASE("what a BMC says cannot break out of its quotes") {
  inventory::Inventory inventory{{"host", all_trees().at("openbmc-2.15")}};
  inventory::HostSnapshot& host = inventory["host"];
  host.bmc = "https://[2001:db8::7]:8443";
  host.system.model = "a\"}\n#: {*}";
  host.components.front().name = "x\", version: \"9\"} # {[\\";
  host.components.front().version = "1.0\\\"-é";
  const std::string text = plan::adopt(inventory, options());
  INFO(text);
  loaded(text);
  CHECK(formatted(text) == text);
  CHECK(plan::check_adopted(text, inventory, all_providers()).empty());
}

TEST_CASE("network adapters that are named after their addresses do not tell alike hosts apart") {
  inventory::Inventory inventory{{"one", all_trees().at("dell-r750-idrac9")}};
  inventory["one"].bmc = "https://192.0.2.1";
  inventory::HostSnapshot other = inventory["one"];
  other.bmc = "https://192.0.2.2";
  std::size_t renamed = 0;
  for (inventory::Component& component : other.components) {
    const std::size_t at = component.name.rfind(" - ");
    if (at == std::string::npos || component.name.size() - at != 20) continue;
    component.name.replace(at + 3, 8, "00:11:22");
    ++renamed;
  }
  CHECK(renamed >= 4);
  inventory["two"] = other;
  const std::string text = plan::adopt(inventory, options());
  INFO(text);
  CHECK(loaded(text).baselines.size() == 1);
  CHECK(plan::check_adopted(text, inventory, all_providers()).empty());
}

TEST_CASE("names are made of what may stand in them") {
  CHECK(plan::adopted_name("ProLiant DL360 Gen10 Plus") == "proliant-dl360-gen10-plus");
  CHECK(plan::adopted_name("  (R750) / é ") == "r750");
  CHECK(plan::adopted_name("--..__").empty());
  CHECK(plan::adopted_name("").empty());
}

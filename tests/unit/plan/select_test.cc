// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/select.h"

#include <catch2/catch.hpp>

#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using inventory::HostSnapshot;
using inventory::Slot;
using manifest::Selector;

/// A rack server with two equal cards, a spare ROM and drives that differ in nothing but their place.
HostSnapshot rack_server() {
  auto spare = component("SystemRomBackup", "Redundant System ROM", "U46 v1.80 (07/05/2023)");
  spare.slot = Slot::backup;
  auto rom = bios("U46 v2.34 (03/11/2025)");
  rom.description = "SystemRomActive";
  std::vector<inventory::Component> all = {bmc("3.11 Feb 25 2025"), rom, spare};
  for (int slot = 1; slot <= 2; ++slot) {
    auto card = component(fmt::format("Card.Slot.{}", slot), "HPE Smart Array P408i", "7.11");
    card.location = fmt::format("Slot={}", slot);
    card.targets = {"a6b1a447-382a-5a4f-9005-028f9005028f"};
    card.software_id = fmt::format("sw-{}", slot);
    all.push_back(card);
  }
  return host("web-01", all);
}

std::vector<std::string> addresses(const Selector& selector, bool every = false) {
  manifest::FirmwareEntry entry;
  entry.component.value = selector;
  entry.every = every;
  static const HostSnapshot server = rack_server();
  std::vector<std::string> found;
  const plan::Selection selection = plan::select(entry, server);
  for (const auto* component : selection.components) found.push_back(component->address);
  if (selection.problem) found.push_back(to_string(selection.problem->code));
  return found;
}

plan::Finding problem(const Selector& selector) {
  manifest::FirmwareEntry entry;
  entry.component.value = selector;
  return plan::select(entry, rack_server()).problem.value();
}

using Found = std::vector<std::string>;

}  // namespace

TEST_CASE("A component is found by name, description, Id, address and by globs over them") {
  CHECK(addresses({.name = "iLO 5"}) == Found{"SystemBMC"});
  CHECK(addresses({.name = "SystemRomActive"}) == Found{"SystemRomActive"});
  CHECK(addresses({.name = "Card.Slot.2"}) == Found{"Card.Slot.2"});
  CHECK(addresses({.name = "iLO*"}) == Found{"SystemBMC"});
  CHECK(addresses({.name = "Card.*"}, true) == Found{"Card.Slot.1", "Card.Slot.2"});
}

TEST_CASE("All given parts of a selector must match, GUIDs in either case") {
  CHECK(addresses({.device_class = "2F317B9D-C9E3-4D76-BFF6-B9D0D085A952"}) == Found{"SystemBMC"});
  CHECK(addresses({.name = "HPE Smart Array*", .location = "Slot=2"}) == Found{"Card.Slot.2"});
  CHECK(addresses({.target = "A6B1A447-382A-5A4F-9005-028F9005028F", .software_id = "SW-1"}) == Found{"Card.Slot.1"});
  CHECK(addresses({.name = "iLO 5", .location = "Slot=2"}) == Found{"FF0302"});
}

TEST_CASE("An exact name shuts out what a glob would add, and an address shuts out names") {
  HostSnapshot server = rack_server();
  server.components.push_back(component("odd", "Card.Slot.1", "1"));
  manifest::FirmwareEntry entry;
  entry.component.value.name = "Card.Slot.1";
  const plan::Selection selection = plan::select(entry, server);
  REQUIRE(selection.components.size() == 1);
  CHECK(selection.components.front()->address == "Card.Slot.1");
}

TEST_CASE("A selector that fits several components lists them and the two ways out") {
  const plan::Finding finding = problem({.name = "HPE Smart Array*"});
  CHECK(finding.code == Code::component_ambiguous);
  REQUIRE(finding.notes.size() == 2);
  CHECK(finding.notes[1] == "candidate: Card.Slot.2  \"HPE Smart Array P408i\"  version \"7.11\"  at Slot=2");
  CHECK(finding.help.front().find("`component: \"Card.Slot.1\"`") != std::string::npos);
  CHECK(finding.help.back().find("every: true") != std::string::npos);
}

TEST_CASE("H8: a selector that fits nothing offers the nearest name and lists the candidates") {
  const plan::Finding finding = problem({.name = "iLO5"});
  CHECK(finding.code == Code::component_not_found);
  CHECK(finding.help.front() == "Did you mean \"iLO 5\"?");
  CHECK(finding.notes.size() == 4);

  const plan::Finding part = problem({.name = "smart array"});
  CHECK(part.notes.front().find("Card.Slot.1") != std::string::npos);
}

TEST_CASE("Only what runs now is changed, and a selector of another image is told so") {
  const plan::Finding finding = problem({.name = "Redundant System ROM"});
  CHECK(finding.code == Code::component_not_found);
  CHECK(finding.what.find("is the backup image") != std::string::npos);
  CHECK(addresses({.name = "*System ROM"}) == Found{"SystemRomActive"});
}

TEST_CASE("H4: twelve drives of one name and two versions stay twelve components") {
  HostSnapshot server = host("web-01", {});
  for (int bay = 1; bay <= 12; ++bay) {
    server.components.push_back(
        component(fmt::format("Drive.Bay.{:02}", bay), "480GB SATA SSD", bay % 2 ? "HPG3" : "HPG4"));
  }
  manifest::FirmwareEntry entry;
  entry.component.value.name = "480GB SATA SSD";
  CHECK(plan::select(entry, server).problem->notes.size() == 12);
  entry.every = true;
  CHECK(plan::select(entry, server).components.size() == 12);
}

}  // namespace firmform::tests

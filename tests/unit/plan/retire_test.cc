// SPDX-License-Identifier: Apache-2.0
// Which images nothing needs any more.
#include "engine/plan/retire.h"

#include <catch2/catch.hpp>
#include <fmt/ranges.h>

#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {
namespace {

constexpr const char* kClass = "2f317b9d-c9e3-4d76-bff6-b9d0d085a952";
constexpr const char* kTarget = "4764a662-b342-4fc7-9ce9-258c5d99e815";

class Shelf {
 public:
  Shelf() {
    inventory::Component component = bmc("2.46");
    component.targets = {kTarget};
    fleet.add(staging_host("web-01", {component}));
  }
  void package(const std::string& name, const std::string& version, const std::string& target = kTarget) {
    fleet.catalog.add({.name = name,
                       .path = "/images/" + name,
                       .size = 1000,
                       .format = catalog::ImageFormat::fwpkg,
                       .package = catalog::PackageMetadata{
                           .device_class = kClass, .devices = {{"iLO 5", target, version}}, .updatable_by_bmc = true}});
  }
  manifest::FirmwareEntry& declare(const std::string& baseline, const std::string& version, const std::string& image) {
    manifest::FirmwareEntry& entry = declared.baselines[baseline].value.firmware.emplace_back();
    entry.component.value.name = "iLO 5";
    entry.version = fleet.text(version);
    if (!image.empty()) entry.image = fleet.text(image);
    return entry;
  }
  /// "NAME: reason, reason"
  [[nodiscard]] Texts uses() {
    for (const auto& [name, baseline] : declared.baselines) {
      fleet.desired.baselines[name] = std::make_shared<const manifest::Baseline>(baseline.value);
    }
    Texts lines;
    for (const plan::ImageUse& use : plan::uses_of(declared, fleet.desired, fleet.inventory, fleet.catalog)) {
      lines.push_back(fmt::format("{}: {}", use.image->name, fmt::join(use.needed_for, ", ")));
    }
    return lines;
  }

  SmallFleet fleet;
  manifest::Manifest declared;
};

}  // namespace

TEST_CASE("An image that nothing names and nobody could go back to is of no use") {
  Shelf shelf;
  shelf.package("old.fwpkg", "2.30");
  shelf.package("now.fwpkg", "2.46");
  shelf.package("other.fwpkg", "2.46", "11111111-2222-3333-4444-555555555555");
  CHECK(shelf.uses() == Texts{"now.fwpkg: way back of web-01/SystemBMC", "old.fwpkg: ", "other.fwpkg: "});
}

TEST_CASE("A baseline needs its images and those on the way, also when no host is given it") {
  Shelf shelf;
  for (const char* name : {"a.bin", "b.bin", "C.bin"}) shelf.fleet.image(name);
  shelf.package("step.fwpkg", "2.60");
  manifest::FirmwareEntry& entry = shelf.declare("next", "3.11", "a.bin");
  entry.via.resize(2);
  entry.via[0].version = shelf.fleet.text("2.55");
  entry.via[0].image = shelf.fleet.text("b.bin");
  entry.via[1].version = shelf.fleet.text("2.60");
  shelf.declare("later", "3.20", "c.BIN");
  CHECK(shelf.uses() ==
        Texts{"C.bin: baseline later", "a.bin: baseline next", "b.bin: baseline next", "step.fwpkg: baseline next"});
}

TEST_CASE("Install sets and repositories of the manifest need their files") {
  Shelf shelf;
  for (const char* name : {"set.bin", "stored.bin", "idle.bin"}) shelf.fleet.image(name);
  shelf.declared.install_sets["golden"].value.steps.emplace_back().file = shelf.fleet.text("set.bin");
  shelf.declared.repositories["images"].value.present = {shelf.fleet.text("stored.bin")};
  CHECK(shelf.uses() == Texts{"idle.bin: ", "set.bin: install set golden", "stored.bin: repository images"});
}

TEST_CASE("What BMCs keep in their sets and queues is needed there") {
  Shelf shelf;
  for (const char* name : {"recovery.bin", "set.bin", "queued.bin", "done.bin"}) shelf.fleet.image(name);
  auto& staging = *shelf.fleet.inventory.at("web-01").staging;
  staging.install_sets = {{.name = "System Recovery Set", .is_recovery = true, .steps = {by_bmc("r", "recovery.bin")}},
                          {.name = "golden", .steps = {by_bmc("s", "set.bin")}}};
  staging.queue = {{.step = by_bmc("q", "queued.bin")},
                   {.step = by_bmc("d", "done.bin"), .state = inventory::QueueState::complete}};
  CHECK(shelf.uses() == Texts{"done.bin: ", "queued.bin: queue of web-01", "recovery.bin: recovery set of web-01",
                              "set.bin: install set of web-01"});
}

TEST_CASE("Hosts of one shape are looked at once, and all are named") {
  Shelf shelf;
  shelf.package("now.fwpkg", "2.46");
  shelf.package("new.fwpkg", "3.11");
  auto second = shelf.fleet.inventory.at("web-01");
  second.name = "web-02";
  shelf.fleet.add(second);
  second.name = "web-03";
  second.components.front().version = "3.11 Feb 25 2025";
  shelf.fleet.add(second);
  shelf.fleet.add(unreachable("web-04"));
  CHECK(shelf.uses() == Texts{"new.fwpkg: way back of web-03/SystemBMC",
                              "now.fwpkg: way back of web-01/SystemBMC, way back of web-02/SystemBMC"});
}

}  // namespace firmform::tests

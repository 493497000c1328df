// SPDX-License-Identifier: Apache-2.0
// Whether a change can be undone.
#include "engine/plan/way_back.h"

#include <catch2/catch.hpp>

#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {
namespace {

using plan::WayBack;
using Kind = WayBack::Kind;

constexpr const char* kGuid = "2f317b9d-c9e3-4d76-bff6-b9d0d085a952";

/// One host whose BMC shall go from 2.46 to 3.11.
struct Bench {
  explicit Bench(const std::string& installed = "2.46", const std::string& wanted = "3.11") {
    fleet.entry("iLO 5", wanted, "ilo5_311.bin");
    inventory::Component component = bmc(installed);
    component.targets = {kGuid};
    fleet.add(host("web-01", {component}));
  }

  /// A baseline of the manifest that no host is given.
  manifest::FirmwareEntry& other_entry(const std::string& version, const std::string& image) {
    auto baseline = std::make_shared<manifest::Baseline>();
    manifest::FirmwareEntry& entry = baseline->firmware.emplace_back();
    entry.component.value.name = "iLO 5";
    entry.version = fleet.text(version);
    entry.image = fleet.text(image);
    fleet.desired.baselines["older"] = baseline;
    return entry;
  }

  void package(const std::string& name, const std::string& version, const std::string& target = kGuid) {
    fleet.catalog.add({.name = name,
                       .path = "/images/" + name,
                       .size = 1000,
                       .sha256 = std::string(64, 'b'),
                       .format = catalog::ImageFormat::fwpkg,
                       .package = catalog::PackageMetadata{.device_class = "2f317b9d-c9e3-4d76-bff6-b9d0d085a952",
                                                           .devices = {{"iLO 5", target, version}},
                                                           .updatable_by_bmc = true}});
  }

  [[nodiscard]] WayBack way() const {
    const SourceMap sources = fleet.lines.sources();
    const plan::Inputs inputs = fleet.inputs(sources);
    const Providers providers = fake_providers();
    plan::Findings findings(sources);
    const plan::Scope scope{inputs, providers, findings};
    plan::HostDraft draft;
    draft.desired = &fleet.desired.hosts.at("web-01");
    draft.snapshot = &fleet.inventory.at("web-01");
    draft.provider = providers.find("fake");
    plan::ChangeDraft change;
    change.entry = &fleet.baseline->firmware.front();
    change.component = &draft.snapshot->components.front();
    return plan::way_back_of(scope, draft, change);
  }

  inventory::HostSnapshot& snapshot() { return fleet.inventory.at("web-01"); }
  inventory::Component& component() { return snapshot().components.front(); }

  SmallFleet fleet;
};

}  // namespace

TEST_CASE("Without an image of the installed version there is no way back") {
  const WayBack way = Bench().way();
  CHECK(way.kind == Kind::no_image);
  CHECK(way.image.empty());
  CHECK(way.text == "the catalog has no image of \"2.46\"");
}

TEST_CASE("H31: going back is a downgrade, and only the manifest's word makes it one that is permitted") {
  Bench bench;
  bench.other_entry("2.46", "ilo5_246.bin");
  bench.fleet.image("ilo5_246.bin");
  CHECK(bench.way().kind == Kind::denied);
  CHECK(bench.way().image == "ilo5_246.bin");

  bench.fleet.baseline->firmware.front().allow_downgrade = true;
  CHECK(bench.way().kind == Kind::image);
  bench.fleet.baseline->firmware.front().allow_downgrade = false;
  bench.fleet.desired.policies.downgrade = manifest::Permission::allow;
  CHECK(bench.way().kind == Kind::image);
}

TEST_CASE("The way back from a downgrade is an update, which needs no permission") {
  Bench bench("3.20");
  bench.package("ilo5_320.fwpkg", "3.20");
  CHECK(bench.way().kind == Kind::image);
  CHECK(bench.way().image == "ilo5_320.fwpkg");
}

TEST_CASE("A package is found by what it says of itself, and one for another device is not") {
  Bench bench;
  bench.package("a.fwpkg", "2.46", "11111111-2222-3333-4444-555555555555");
  bench.package("b.fwpkg", "2.50");
  CHECK(bench.way().kind == Kind::no_image);
  bench.package("c.fwpkg", "2.46");
  CHECK(bench.way().image == "c.fwpkg");
}

TEST_CASE("An entry for another model, or whose image is not the one that it pins, leads nowhere") {
  Bench bench;
  bench.fleet.image("ilo5_246.bin");
  manifest::FirmwareEntry& entry = bench.other_entry("2.46", "ilo5_246.bin");
  entry.sha256 = bench.fleet.text(std::string(64, 'c'));
  CHECK(bench.way().kind == Kind::no_image);
  entry.sha256.reset();
  CHECK(bench.way().kind == Kind::denied);
  auto other = std::make_shared<manifest::Baseline>(*bench.fleet.desired.baselines.at("older"));
  other->applies_to_model = bench.fleet.text("Synergy*");
  bench.fleet.desired.baselines["older"] = other;
  CHECK(bench.way().kind == Kind::no_image);
}

TEST_CASE("A version on the way of an entry is a way back, too") {
  Bench bench;
  bench.fleet.image("ilo5_246.bin");
  manifest::ViaStep step;
  step.version = bench.fleet.text("2.46");
  step.image = bench.fleet.text("ilo5_246.bin");
  bench.fleet.baseline->firmware.front().via = {step};
  CHECK(bench.way().image == "ilo5_246.bin");
}

TEST_CASE("A BMC that never goes down, and a device with a floor, are one-way doors") {
  Bench never;
  never.package("ilo5_246.fwpkg", "2.46");
  never.snapshot().update.downgrade_policy = "NoDowngrade";
  CHECK(never.way().kind == Kind::one_way);
  CHECK(never.way().text.find("NoDowngrade") != std::string::npos);

  Bench floor;
  floor.package("ilo5_246.fwpkg", "2.46");
  floor.component().lowest_supported_version = "2.50";
  CHECK(floor.way().kind == Kind::one_way);
  floor.component().lowest_supported_version = "2.40";
  CHECK(floor.way().kind == Kind::denied);

  // Neither is in the way of an update.
  Bench down("3.20");
  down.package("ilo5_320.fwpkg", "3.20");
  down.snapshot().update.downgrade_policy = "NoDowngrade";
  CHECK(down.way().kind == Kind::image);
}

TEST_CASE("An image that does not go over the wanted version is of no use") {
  Bench bench;
  bench.fleet.image("ilo5_246.bin");
  bench.other_entry("2.46", "ilo5_246.bin").from.maximum = bench.fleet.text("3.00");
  CHECK(bench.way().kind == Kind::no_image);
  CHECK(bench.way().text.find("goes over \"3.00\" at most") != std::string::npos);
}

TEST_CASE("What the provider refuses is no way back") {
  Bench bench;
  bench.fleet.image("unfit.bin");
  bench.other_entry("2.46", "unfit.bin");
  CHECK(bench.way().kind == Kind::no_image);
  CHECK(bench.way().text.find("is for another device") != std::string::npos);
  bench.package("fit.fwpkg", "2.46");
  CHECK(bench.way().image == "fit.fwpkg");
}

TEST_CASE("Without a known version there is nothing to say") {
  Bench bench("N/A");
  CHECK(bench.way().kind == Kind::unknown);
  bench.component().version.reset();
  CHECK(bench.way().kind == Kind::unknown);
}

TEST_CASE("Images of ways back are looked for only where something would change") {
  Bench bench;
  bench.other_entry("2.46", "ilo5_246.bin");
  CHECK(plan::versions_to_leave(bench.fleet.desired, bench.fleet.inventory).size() == 1);
  CHECK(plan::declared_images_of(bench.fleet.desired, bench.fleet.inventory) == Texts{"ilo5_246.bin"});
  bench.component().version = "3.11 Feb 25 2025";
  CHECK(plan::versions_to_leave(bench.fleet.desired, bench.fleet.inventory).empty());
  CHECK(plan::declared_images_of(bench.fleet.desired, bench.fleet.inventory).empty());
}

TEST_CASE("Versions on the way that name no image are looked for among the packages") {
  Bench bench;
  manifest::ViaStep named;
  named.version = bench.fleet.text("2.55");
  named.image = bench.fleet.text("ilo5_255.bin");
  manifest::ViaStep unnamed;
  unnamed.version = bench.fleet.text("2.78");
  bench.fleet.baseline->firmware.front().via = {named, unnamed};
  const auto wanted = plan::versions_on_ways(bench.fleet.desired, bench.fleet.inventory);
  REQUIRE(wanted.size() == 1);
  CHECK(wanted.front().version == "2.78");
  bench.package("ilo5_278.fwpkg", "2.78");
  CHECK(catalog::names_for(bench.fleet.catalog, wanted) == Texts{"ilo5_278.fwpkg"});
  bench.component().version = "3.11";
  CHECK(plan::versions_on_ways(bench.fleet.desired, bench.fleet.inventory).empty());
}

TEST_CASE("A plan tells of each change how it could be undone, and warns where it could not") {
  Bench bench;
  const Plan plan = plan_of(bench.fleet);
  REQUIRE(plan.changes.front().way_back);
  CHECK(plan.changes.front().way_back->kind == Kind::no_image);
  const auto& reasons = plan.changes.front().reasons;
  CHECK(std::ranges::count(reasons, Code::way_back_missing, &plan::Reason::code) == 1);
  bench.package("ilo5_246.fwpkg", "2.46");
  const Plan second = plan_of(bench.fleet);
  CHECK(second.changes.front().way_back->image == "ilo5_246.fwpkg");
  CHECK(std::ranges::count(second.changes.front().reasons, Code::way_back_missing, &plan::Reason::code) == 0);
}

}  // namespace firmform::tests

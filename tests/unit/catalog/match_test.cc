// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/match.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "engine/base/text.h"
#include "engine/catalog/target.h"

namespace firmform::catalog {
namespace {

using inventory::Component;

const std::string kRomClass = "aa148d2e-6e09-453e-bc6f-63baa5f5ccc4";
const std::string kPlatform = "00000000-0000-0000-0000-000000000225";
const std::string kU46 = "00000000-0000-0000-0000-000001553436";
const std::string kA43 = "00000000-0000-0000-0000-000001413433";
const std::string kIloClass = "2f317b9d-c9e3-4d76-bff6-b9d0d085a952";
const std::string kIlo5 = "c0bcf2b9-1141-49af-aab8-c73791f0349c";
const std::string kIlo6 = "e6d3c844-14a6-4f1f-84a3-c06013910406";
const std::string kPci = "a6b1a447-382a-5a4f-15b3-101715b30116";

Component component(std::string address, std::string device_class, std::vector<std::string> targets) {
  Component made;
  made.address = made.name = std::move(address);
  made.device_class = std::move(device_class);
  made.targets = std::move(targets);
  return made;
}

CatalogImage package(std::string name, std::string device_class, std::vector<std::string> targets) {
  CatalogImage image;
  image.name = std::move(name);
  image.format = ImageFormat::fwpkg;
  image.package.emplace();
  image.package->device_class = std::move(device_class);
  for (std::string& target : targets) image.package->devices.push_back({"device", std::move(target), "1.0"});
  return image;
}

inventory::HostSnapshot host() {
  inventory::HostSnapshot snapshot;
  snapshot.name = "web-01";
  snapshot.components = {component("NIC-1", "", {kPci}), component("NIC-2", "", {kPci}),
                         component("SystemBMC", kIloClass, {"4764a662-b342-4fc7-9ce9-258c5d99e815", kIlo5}),
                         component("SystemRomActive", kRomClass, {kPlatform, kU46})};
  return snapshot;
}

std::vector<std::string> addresses(const CatalogImage& image, const inventory::HostSnapshot& snapshot) {
  std::vector<std::string> found;
  for (const Component* each : applicable(image, snapshot)) found.push_back(each->address);
  return found;
}

using Names = std::vector<std::string>;

TEST_CASE("an image fits where device class and a target agree, whatever its name and the case of GUIDs") {
  CHECK(addresses(package("holiday.fwpkg", "AA148D2E-6E09-453E-BC6F-63BAA5F5CCC4", {to_lower(kU46), "X"}), host()) ==
        Names{"SystemRomActive"});
  CHECK(addresses(package("U46_2.36.fwpkg", kRomClass, {kA43}), host()).empty());
}

TEST_CASE("a component without a device class is matched by its target alone, each instance of it") {
  const CatalogImage nic = package("nic.fwpkg", "79f0c163-0c13-4662-9dea-09235fef90cb", {kPci});
  CHECK(addresses(nic, host()) == Names{"NIC-1", "NIC-2"});
  CHECK(version_for(*nic.package, host().components[0]) == "1.0");
  CHECK(version_for(*nic.package, host().components[3]).empty());
}

TEST_CASE("a shared platform does not make another ROM family fit") {
  const Component rom = component("SystemRomActive", kRomClass, {kPlatform, kU46});
  CHECK(fit_of(*package("a", kRomClass, {kPlatform}).package, rom) == Fit::fits);
  CHECK(fit_of(*package("a", kRomClass, {kPlatform, kA43, kU46}).package, rom) == Fit::fits);
  CHECK(fit_of(*package("a", kRomClass, {kPlatform, kA43}).package, rom) == Fit::other_rom_family);
  CHECK(fit_of(*package("a", kRomClass, {kA43}).package, rom) == Fit::other_target);
  CHECK(fit_of(*package("a", kIloClass, {kPlatform}).package, rom) == Fit::other_class);
}

TEST_CASE("a device without a target fits nothing, and neither do backup images or software") {
  Component rom = component("SystemRomBackup", "", {""});
  CHECK(fit_of(*package("a", "", {""}).package, rom) == Fit::other_target);
  auto snapshot = host();
  snapshot.components[3].slot = inventory::Slot::backup;
  CHECK(addresses(package("a", kRomClass, {kU46}), snapshot).empty());
}

TEST_CASE("an iLO image of another generation is told apart in words") {
  const auto reasons = why_not_applicable(package("ilo6_166.fwpkg", kIloClass, {kIlo6}), host());
  REQUIRE_FALSE(reasons.empty());
  CHECK(reasons[0] == "ilo6_166.fwpkg is made for iLO 6, and web-01 has an iLO 5");
  CHECK(why_not_applicable(package("ilo5.fwpkg", kIloClass, {kIlo5}), host()).empty());
}

TEST_CASE("an image for other hardware says which hardware") {
  const auto rom = why_not_applicable(package("A43.fwpkg", kRomClass, {kA43}), host());
  REQUIRE(rom.size() == 1);
  CHECK(rom[0] == "A43.fwpkg is made for ROM family A43, and SystemRomActive is platform 225, ROM family U46");
  const auto drive = why_not_applicable(
      package("d.fwpkg", "f6de0320-2e0f-489a-b238-6dd8ae7c3811", {"4d2340a5-304b-3030-3438-304757535343"}), host());
  REQUIRE(drive.size() == 1);
  CHECK(drive[0] == "d.fwpkg is made for drive MK000480GWSSC (Drive), and web-01 shows no such device");
}

TEST_CASE("a raw image is matched to nothing, and says so") {
  CatalogImage raw;
  raw.name = "U46_2.36.signed.flash";
  CHECK(applicable(raw, host()).empty());
  CHECK(why_not_applicable(raw, host()).at(0).find("the manifest's entry decides") != std::string::npos);
}

TEST_CASE("two images for one component are rivals") {
  const CatalogImage newer = package("b.fwpkg", kRomClass, {kU46});
  const CatalogImage older = package("a.fwpkg", kRomClass, {kPlatform});
  const CatalogImage ilo = package("c.fwpkg", kIloClass, {kIlo5});
  const auto snapshot = host();
  const auto found = rivalries({&newer, &ilo, &older}, snapshot);
  REQUIRE(found.size() == 1);
  CHECK(found[0].component->address == "SystemRomActive");
  REQUIRE(found[0].images.size() == 2);
  CHECK(found[0].images[0]->name == "a.fwpkg");
  CHECK(rivalries({&newer, &ilo}, snapshot).empty());
}

TEST_CASE("target GUIDs are put into words") {
  CHECK(describe_target(kU46) == "ROM family U46");
  CHECK(describe_target("00000000-0000-0000-0000-000001553638") == "ROM family U68");
  CHECK(describe_target(kPlatform) == "platform 225");
  CHECK(describe_target(kPci) == "PCI 15b3:1017 15b3:0116");
  CHECK(describe_target("562340A5-304F-3130-3630-304A575A4A51") == "drive VO001600JWZJQ");
  CHECK(describe_target(kIlo6) == "iLO 6");
  CHECK(describe_target("fb2b2f91-c952-4288-8389-21dee30e0307") == "iLO 7");
  CHECK(describe_target("00000000-0000-0000-0000-000000504d05") == "00000000-0000-0000-0000-000000504d05");
  CHECK(describe_target("no guid") == "no guid");
  CHECK(describe_device_class(kRomClass) == "System ROM");
  CHECK(rom_family_of(kPlatform).empty());
}

}  // namespace
}  // namespace firmform::catalog

// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/versions.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "tests/unit/catalog/package_files.h"

namespace firmform::catalog {
namespace {

using inventory::Component;
using Names = std::vector<std::string>;
using version::Scheme;

const std::string kRomClass = "aa148d2e-6e09-453e-bc6f-63baa5f5ccc4";
const std::string kPlatform = "00000000-0000-0000-0000-00000000020a";
const std::string kU32 = "00000000-0000-0000-0000-000001553332";
const std::string kU46 = "00000000-0000-0000-0000-000001553436";

Component rom(std::vector<std::string> targets = {kPlatform}) {
  Component component;
  component.address = "SystemRomActive";
  component.device_class = kRomClass;
  component.targets = std::move(targets);
  return component;
}

CatalogImage package(std::string name, std::string version, std::vector<std::string> targets = {kPlatform}) {
  CatalogImage image;
  image.name = std::move(name);
  image.format = ImageFormat::fwpkg;
  image.package.emplace();
  image.package->device_class = kRomClass;
  image.package->updatable_by_bmc = true;
  for (std::string& target : targets) image.package->devices.push_back({"ROM", std::move(target), version});
  return image;
}

Catalog catalog_of(std::vector<CatalogImage> images) {
  Catalog catalog;
  for (CatalogImage& image : images) catalog.add(std::move(image));
  return catalog;
}

std::string found(const Catalog& catalog, const Component& component, std::string_view version) {
  const CatalogImage* image = find_version(catalog, component, version);
  return image == nullptr ? "" : image->name;
}

TEST_CASE("the package that brings a version is found, in the spellings of manifests and of BMCs") {
  const Catalog catalog =
      catalog_of({package("old.fwpkg", "1.60_01-31-2019"), package("new.fwpkg", "2.34_04-08-2020")});
  CHECK(found(catalog, rom(), "2.34") == "new.fwpkg");
  CHECK(found(catalog, rom(), "v2.34 (04/08/2020)") == "new.fwpkg");
  CHECK(found(catalog, rom(), "U32 v2.34 (04/08/2020)") == "new.fwpkg");
  CHECK(found(catalog, rom(), "U32 v1.60 (01/31/2019)") == "old.fwpkg");
}

TEST_CASE("another date, another version and a version that starts alike are not it") {
  const Catalog catalog = catalog_of({package("new.fwpkg", "2.34_04-08-2020")});
  CHECK(found(catalog, rom(), "U32 v2.34 (05/09/2020)").empty());
  CHECK(found(catalog, rom(), "2.3").empty());
  CHECK(found(catalog, rom(), "2.35").empty());
}

TEST_CASE("a version that is not known finds nothing, not even a package that does not say its own") {
  const Catalog catalog = catalog_of({package("silent.fwpkg", ""), package("new.fwpkg", "2.34")});
  CHECK(found(catalog, rom(), "").empty());
  CHECK(found(catalog, rom(), "N/A").empty());
}

TEST_CASE("a package for other devices is not it, though the version is right") {
  const Catalog catalog = catalog_of({package("a.fwpkg", "2.34", {"00000000-0000-0000-0000-000000000999"}),
                                      package("u46.fwpkg", "2.34", {kPlatform, kU46})});
  CHECK(found(catalog, rom({kPlatform, kU32}), "2.34").empty());
  CHECK(found(catalog, rom({kPlatform, kU46}), "2.34") == "u46.fwpkg");
}

TEST_CASE("a raw image is never found by a version, whatever its name suggests") {
  CatalogImage raw;
  raw.name = "U32_2.34_04_08_2020.signed.flash";
  CHECK(found(catalog_of({raw}), rom(), "2.34").empty());
}

TEST_CASE("of several packages the one that the BMC installs by itself comes first, then the first name") {
  CatalogImage by_agent = package("a.exe", "2.34");
  by_agent.package->updatable_by_bmc = false;
  const Catalog catalog = catalog_of({by_agent, package("c.fwpkg", "2.34"), package("b.fwpkg", "2.34")});
  const Component component = rom();
  Names names;
  for (const CatalogImage* image : find_versions(catalog, {&component, "2.34"})) names.push_back(image->name);
  CHECK(names == Names{"b.fwpkg", "c.fwpkg", "a.exe"});
}

TEST_CASE("the scheme decides what is equal") {
  const Catalog catalog = catalog_of({package("cpld.fwpkg", "0x1A")});
  const Component component = rom();
  CHECK(find_version(catalog, component, "1a", Scheme::hex) != nullptr);
  CHECK(find_version(catalog, component, "1b", Scheme::hex) == nullptr);
  CHECK(find_version(catalog, component, "1a", Scheme::opaque) == nullptr);
}

TEST_CASE("names for a fleet come sorted and once each, and only of what some package brings") {
  const Catalog catalog = catalog_of({package("old.fwpkg", "1.60"), package("new.fwpkg", "2.34")});
  const Component one = rom();
  const Component same = rom();
  const Component other = rom({"00000000-0000-0000-0000-000000000999"});
  CHECK(names_for(catalog, {{&one, "2.34"}, {&same, "2.34"}, {&one, "1.60"}, {&other, "2.34"}, {&one, "9.99"}}) ==
        Names{"new.fwpkg", "old.fwpkg"});
}

TEST_CASE("names are found in the catalog's directories, past files that cannot be read") {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch.path() / "firmware/packages");
  write_zip(scratch.path() / "firmware/packages/U32_2.34.fwpkg",
            {{"payload.json", kRomPayload}, {"U32_2.34_04_08_2020.signed.flash", "image"}});
  scratch.write("firmware/broken.fwpkg", "no archive");
  scratch.write("firmware/ilo5_311.bin", "x");
  manifest::CatalogSource source;
  source.directory = manifest::Text{"firmware", {}};
  const Component component = rom();
  CHECK(names_for({source}, scratch.path(), {{&component, "U32 v2.34 (04/08/2020)"}}) == Names{"U32_2.34.fwpkg"});
  CHECK(names_for({source}, scratch.path(), {{&component, "1.60"}}).empty());
  CHECK(names_for({source}, scratch.path(), {}).empty());
  CHECK(names_for({}, scratch.path(), {{&component, "2.34"}}).empty());
}

}  // namespace
}  // namespace firmform::catalog

// SPDX-License-Identifier: Apache-2.0
// Directories as they come: an unpacked SPP, folders in folders, Smart Components, empty files.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "engine/base/digest.h"
#include "engine/catalog/catalog.h"
#include "tests/unit/catalog/package_files.h"

namespace firmform::catalog {
namespace {

const std::vector<manifest::CatalogSource>& source() {
  static const std::vector<manifest::CatalogSource> kSources = [] {
    manifest::CatalogSource source;
    source.directory = manifest::Text{"spp", {}};
    return std::vector{source};
  }();
  return kSources;
}

using Names = std::vector<std::string>;

TEST_CASE("images of an SPP are found in packages/, and only images are listed") {
  const ScratchDirectory scratch;
  scratch.write("spp/packages/ilo5_311.bin", "x");
  scratch.write("spp/packages/bp003456.xml", "<x/>");
  scratch.write("spp/packages/cp1.exe", "component");
  scratch.write("spp/packages/cp1.compsig", "sig");
  scratch.write("spp/readme.txt", "x");
  scratch.write("spp/.git/hidden.bin", "x");
  CHECK(survey(source(), scratch.path()).catalog.names() == Names{"cp1.exe", "ilo5_311.bin"});
  const auto reading = read_catalog(source(), scratch.path(), {"ilo5_311.bin", "cp1.exe", "hidden.bin"});
  CHECK(reading.catalog.find("ilo5_311.bin")->path == (scratch.path() / "spp/packages/ilo5_311.bin").string());
  const CatalogImage* component = reading.catalog.find("cp1.exe");
  REQUIRE(component != nullptr);
  CHECK(component->format == ImageFormat::smart_component);
  CHECK(component->signature == Signature::detached);
  CHECK(component->sections.size() == 1);
  REQUIRE(reading.problems.size() == 1);
  CHECK(reading.problems[0].image == "hidden.bin");
}

TEST_CASE("the file that lies least deep is meant, and two at the same depth are refused") {
  const ScratchDirectory scratch;
  scratch.write("spp/x.bin", "top");
  scratch.write("spp/old/x.bin", "old");
  scratch.write("spp/a/y.bin", "a");
  scratch.write("spp/b/y.bin", "b");
  scratch.write("spp/a/b/c/d/e/f/deep.bin", "too deep");
  const auto reading = read_catalog(source(), scratch.path(), {"x.bin", "y.bin", "deep.bin"});
  CHECK(reading.catalog.find("x.bin")->sha256 == sha256_hex("top"));
  REQUIRE(reading.problems.size() == 2);
  CHECK(reading.problems[0].image == "deep.bin");
  CHECK(reading.problems[0].error.code() == Code::image_not_in_catalog);
  CHECK(reading.problems[1].error.code() == Code::image_name_refused);
}

TEST_CASE("links out of a folder below, and to folders, lead nowhere") {
  const ScratchDirectory scratch;
  scratch.write("secret/x.bin", "outside");
  scratch.write("spp/real.bin", "inside");
  std::filesystem::create_directories(scratch.path() / "spp/packages");
  std::filesystem::create_symlink("../../secret/x.bin", scratch.path() / "spp/packages/x.bin");
  std::filesystem::create_symlink("../real.bin", scratch.path() / "spp/packages/current.bin");
  std::filesystem::create_directory_symlink("../secret", scratch.path() / "spp/linked");
  const auto reading = read_catalog(source(), scratch.path(), {"x.bin", "current.bin"});
  CHECK(reading.catalog.find("current.bin")->sha256 == sha256_hex("inside"));
  REQUIRE(reading.problems.size() == 1);
  CHECK(reading.problems[0].error.code() == Code::image_unreadable);
}

TEST_CASE("a Smart Component without signatures has none, and one with wrong ones is refused") {
  const ScratchDirectory scratch;
  scratch.write("spp/cp1.exe", "component");
  scratch.write("spp/cp2.rpm", "component");
  scratch.write("spp/cp2_part1.compsig", "of a larger file");
  const auto reading = read_catalog(source(), scratch.path(), {"cp1.exe", "cp2.rpm"});
  CHECK(reading.catalog.find("cp1.exe")->signature == Signature::none);
  CHECK(reading.catalog.find("cp1.exe")->sections.empty());
  REQUIRE(reading.problems.size() == 1);
  CHECK(reading.problems[0].error.code() == Code::signature_mismatch);
}

TEST_CASE("a package that was renamed to .zip is a package") {
  const ScratchDirectory scratch;
  scratch.write("spp/x", "");
  write_zip(scratch.path() / "spp/SPS.zip", {{"payload.json", kRomPayload}, {"sps.bin", "x"}});
  write_zip(scratch.path() / "spp/cp052878.zip", {{"component.vib", "x"}});
  const auto reading = read_catalog(source(), scratch.path(), {"SPS.zip", "cp052878.zip"});
  REQUIRE(reading.problems.empty());
  CHECK(reading.catalog.find("SPS.zip")->format == ImageFormat::fwpkg);
  CHECK(reading.catalog.find("SPS.zip")->signature == Signature::embedded);
  CHECK(reading.catalog.find("SPS.zip")->package.has_value());
  CHECK(reading.catalog.find("cp052878.zip")->format == ImageFormat::smart_component);
}

TEST_CASE("an empty file is no image") {
  const ScratchDirectory scratch;
  scratch.write("spp/ilo5_311.bin", "");
  const auto reading = read_catalog(source(), scratch.path(), {"ilo5_311.bin"});
  REQUIRE(reading.problems.size() == 1);
  CHECK(reading.problems[0].error.code() == Code::image_unreadable);
  CHECK(reading.problems[0].error.message().find("is empty") != std::string::npos);
}

TEST_CASE("an unsigned image is marked as such") {
  const ScratchDirectory scratch;
  scratch.write("spp/U46_2.36.flash", "x");
  scratch.write("spp/U46_2.36.signed.flash", "x");
  const auto reading = read_catalog(source(), scratch.path(), {"U46_2.36.flash", "U46_2.36.signed.flash"});
  CHECK(reading.catalog.find("U46_2.36.flash")->signature == Signature::none);
  CHECK(reading.catalog.find("U46_2.36.signed.flash")->signature == Signature::embedded);
}

}  // namespace
}  // namespace firmform::catalog

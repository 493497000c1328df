// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/catalog.h"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/base/digest.h"
#include "engine/catalog/image_url.h"
#include "tests/unit/catalog/package_files.h"

namespace firmform::catalog {
namespace {

manifest::CatalogSource directory_source(const std::string& path) {
  manifest::CatalogSource source;
  source.directory = manifest::Text{path, {}};
  return source;
}

manifest::CatalogSource url_source(const std::string& url) {
  manifest::CatalogSource source;
  source.url = manifest::Text{url, {}};
  return source;
}

/// The code of the one problem.
Code only_problem(const CatalogReading& reading) {
  REQUIRE(reading.problems.size() == 1);
  CHECK(reading.catalog.names().empty());
  return reading.problems[0].error.code();
}

TEST_CASE("images are found in directories, hashed, and packages read") {
  const ScratchDirectory scratch;
  scratch.write("firmware/ilo5_311.bin", "ilo image");
  write_zip(scratch.path() / "firmware" / "U32.fwpkg", {{"payload.json", kRomPayload}});
  const auto reading =
      read_catalog({directory_source("firmware/")}, scratch.path(), {"U32.fwpkg", "ilo5_311.bin", "U32.fwpkg"});
  CHECK(reading.problems.empty());
  CHECK(reading.catalog.names() == std::vector<std::string>{"U32.fwpkg", "ilo5_311.bin"});
  const CatalogImage* raw = reading.catalog.find("ilo5_311.bin");
  REQUIRE(raw != nullptr);
  CHECK(raw->size == 9);
  CHECK(raw->sha256 == sha256_hex("ilo image"));
  CHECK(raw->path == (scratch.path() / "firmware/ilo5_311.bin").string());
  CHECK(raw->url.empty());
  CHECK(raw->format == ImageFormat::raw);
  CHECK_FALSE(raw->package.has_value());
  const CatalogImage* package = reading.catalog.find("u32.FWPKG");
  REQUIRE(package != nullptr);
  CHECK(package->format == ImageFormat::fwpkg);
  CHECK(package->package->devices.size() == 1);
}

TEST_CASE("the first directory that has an image wins") {
  const ScratchDirectory scratch;
  scratch.write("a/x.bin", "first");
  scratch.write("b/x.bin", "second");
  scratch.write("b/y.bin", "third");
  const auto reading = read_catalog({directory_source("a"), directory_source("b"), url_source("https://mirror/x/")},
                                    scratch.path(), {"x.bin", "y.bin"});
  CHECK(reading.problems.empty());
  CHECK(reading.catalog.find("x.bin")->sha256 == sha256_hex("first"));
  CHECK(reading.catalog.find("y.bin")->sha256 == sha256_hex("third"));
}

TEST_CASE("file names match whatever their case, unless that is ambiguous") {
  const ScratchDirectory scratch;
  scratch.write("one.BIN", "1");
  scratch.write("two.bin", "2");
  scratch.write("TWO.BIN", "3");
  const auto reading = read_catalog({directory_source(".")}, scratch.path(), {"One.bin", "two.bin", "Two.Bin"});
  CHECK(reading.catalog.find("One.bin")->sha256 == sha256_hex("1"));
  CHECK(reading.catalog.find("two.bin")->sha256 == sha256_hex("2"));
  REQUIRE(reading.problems.size() == 1);
  CHECK(reading.problems[0].image == "Two.Bin");
  CHECK(reading.problems[0].error.code() == Code::image_name_refused);
}

TEST_CASE("a missing image names where it was looked for and what comes near") {
  const ScratchDirectory scratch;
  scratch.write("firmware/ilo5_311.bin", "x");
  const auto reading =
      read_catalog({directory_source("firmware"), directory_source("absent")}, scratch.path(), {"ilo5_312.bin"});
  CHECK(only_problem(reading) == Code::image_not_in_catalog);
  const Error& error = reading.problems[0].error;
  CHECK(error.help().at(0) == "Did you mean ilo5_311.bin?");
  CHECK(error.notes().at(0).find("looked in") == 0);
  CHECK(error.notes().at(1).find("cannot be read") != std::string::npos);
  CHECK(only_problem(read_catalog({}, scratch.path(), {"x.bin"})) == Code::image_not_in_catalog);
}

TEST_CASE("names that lead out of the catalog are refused") {
  const ScratchDirectory scratch;
  scratch.write("secret.bin", "x");
  scratch.write("firmware/x.bin", "x");
  const auto sources = std::vector{directory_source("firmware"), url_source("https://mirror/")};
  for (const std::string name : {"../secret.bin", "/etc/passwd", "sub/x.bin", "..", ".", "", "a\\b.bin", "x\n.bin"}) {
    INFO(name);
    CHECK(only_problem(read_catalog(sources, scratch.path(), {name})) == Code::image_name_refused);
  }
}

TEST_CASE("links stay inside their directory, and only regular files are images") {
  const ScratchDirectory scratch;
  scratch.write("secret.bin", "outside");
  scratch.write("firmware/real.bin", "inside");
  const auto directory = scratch.path() / "firmware";
  std::filesystem::create_symlink("real.bin", directory / "current.bin");
  std::filesystem::create_symlink("../secret.bin", directory / "out.bin");
  std::filesystem::create_symlink("nowhere.bin", directory / "dangling.bin");
  std::filesystem::create_symlink("loop.bin", directory / "loop.bin");
  std::filesystem::create_directory(directory / "folder.bin");
  REQUIRE(mkfifo((directory / "pipe.bin").c_str(), 0600) == 0);
  const auto sources = std::vector{directory_source("firmware")};
  CHECK(read_catalog(sources, scratch.path(), {"current.bin"}).catalog.find("current.bin")->sha256 ==
        sha256_hex("inside"));
  for (const std::string name : {"out.bin", "dangling.bin", "loop.bin", "folder.bin", "pipe.bin"}) {
    INFO(name);
    CHECK(only_problem(read_catalog(sources, scratch.path(), {name})) == Code::image_unreadable);
  }
}

TEST_CASE("a catalog directory that is itself a link is the user's choice") {
  const ScratchDirectory scratch;
  scratch.write("store/x.bin", "x");
  std::filesystem::create_symlink("store", scratch.path() / "firmware");
  CHECK(read_catalog({directory_source("firmware")}, scratch.path(), {"x.bin"}).problems.empty());
}

TEST_CASE("a broken package is one problem and does not hide the others") {
  const ScratchDirectory scratch;
  scratch.write("bad.fwpkg", "no zip");
  scratch.write("good.bin", "x");
  const auto reading = read_catalog({directory_source(".")}, scratch.path(), {"bad.fwpkg", "good.bin"});
  REQUIRE(reading.problems.size() == 1);
  CHECK(reading.problems[0].image == "bad.fwpkg");
  CHECK(reading.problems[0].error.code() == Code::package_malformed);
  CHECK(reading.catalog.find("good.bin") != nullptr);
}

TEST_CASE("an image of a URL source gets its URL, and its digest is unknown") {
  const auto reading =
      read_catalog({url_source("https://mirror.example/spp/2026.10")}, "/nonexistent", {"U46 2.10#a.fwpkg"});
  CHECK(reading.problems.empty());
  const CatalogImage* image = reading.catalog.find("U46 2.10#a.fwpkg");
  REQUIRE(image != nullptr);
  CHECK(image->url == "https://mirror.example/spp/2026.10/U46%202.10%23a.fwpkg");
  CHECK(image->path.empty());
  CHECK(image->sha256.empty());
  CHECK(image->format == ImageFormat::fwpkg);
}

TEST_CASE("a URL names its image directly") {
  const std::string url = "https://mirror.example/ilo5_311.fwpkg?token=1";
  const auto reading = read_catalog({}, "/nonexistent", {url, "http://10.0.0.5/x.bin"});
  CHECK(reading.problems.empty());
  CHECK(reading.catalog.find(url)->url == url);
  CHECK(reading.catalog.find(url)->format == ImageFormat::fwpkg);
  CHECK(reading.catalog.find("http://10.0.0.5/x.bin")->format == ImageFormat::raw);
}

TEST_CASE("URLs that no BMC should be given are refused, and a login in one is not repeated") {
  for (const std::string url : {"ftp://mirror/x.bin", "file:///etc/passwd", "https://", "https:///x.bin",
                                "https://:443/x", "https://user:hunter2@mirror/x.bin", "https://mirror/a b.bin",
                                "https://mirror/\n", "https://mirror/\xc3\xa9", "://x"}) {
    INFO(url);
    const auto reading = read_catalog({}, "/nonexistent", {url});
    CHECK(only_problem(reading) == Code::image_name_refused);
    CHECK(reading.problems[0].error.one_line().find("hunter2") == std::string::npos);
  }
  CHECK(check_image_url("https://mirror/path@v1/x.bin").has_value());
}

TEST_CASE("the order of what is wanted does not change the answer") {
  const ScratchDirectory scratch;
  scratch.write("a.bin", "a");
  scratch.write("b.bin", "b");
  std::vector<std::string> wanted = {"z.bin", "a.bin", "y.bin", "b.bin", "a.bin"};
  const auto forward = read_catalog({directory_source(".")}, scratch.path(), wanted);
  std::reverse(wanted.begin(), wanted.end());
  const auto backward = read_catalog({directory_source(".")}, scratch.path(), wanted);
  CHECK(forward.catalog.names() == backward.catalog.names());
  REQUIRE(forward.problems.size() == 2);
  REQUIRE(backward.problems.size() == 2);
  CHECK(forward.problems[0].image == backward.problems[0].image);
}

}  // namespace
}  // namespace firmform::catalog

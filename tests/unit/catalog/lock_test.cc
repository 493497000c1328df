// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/lock.h"

#include <catch2/catch.hpp>

#include <string>

#include "engine/base/digest.h"
#include "engine/catalog/catalog.h"
#include "engine/json/value.h"
#include "tests/support/json_schema.h"
#include "tests/unit/catalog/package_files.h"

namespace firmform::catalog {
namespace {

const std::string kDigest(64, 'a');
const std::string kOther(64, 'b');

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

Error only_problem(const CatalogReading& reading) {
  REQUIRE(reading.problems.size() == 1);
  CHECK(reading.catalog.names().empty());
  return reading.problems[0].error;
}

TEST_CASE("a lock file has stable bytes, sorted by name") {
  Lock lock;
  lock.images["z.bin"] = {kDigest, 1, "firmware/z.bin"};
  lock.images["a.fwpkg"] = {kOther, 33612215, "https://mirror.example/a.fwpkg"};
  CHECK(lock_text(lock) == R"({
  "format_version": 1,
  "images": {
    "a.fwpkg": {
      "sha256": ")" + kOther + R"(",
      "size": 33612215,
      "source": "https://mirror.example/a.fwpkg"
    },
    "z.bin": {
      "sha256": ")" + kDigest + R"(",
      "size": 1,
      "source": "firmware/z.bin"
    }
  }
}
)");
  CHECK(*parse_lock(lock_text(lock)) == lock);
}

TEST_CASE("a lock file is written as a whole and read back; none is no lock") {
  const ScratchDirectory scratch;
  CHECK_FALSE(read_lock(scratch.path())->has_value());
  Lock lock;
  lock.images["a.bin"] = {kDigest, 5, "a.bin"};
  REQUIRE(write_lock(scratch.path(), lock).has_value());
  CHECK(**read_lock(scratch.path()) == lock);
  lock.images.clear();
  REQUIRE(write_lock(scratch.path(), lock).has_value());
  CHECK(**read_lock(scratch.path()) == lock);
  const std::filesystem::directory_iterator files(scratch.path());
  CHECK(std::distance(begin(files), end(files)) == 1);
  CHECK(write_lock(scratch.path() / "absent", lock).error().code() == Code::output_failed);
}

TEST_CASE("what is written conforms to the schema, and the schema refuses what is no lock") {
  std::ifstream file(std::filesystem::path(FIRMFORM_SOURCE_DIR) / "schemas" / "lock.v1.schema.json");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const tests::JsonSchema schema(*json::parse(text));
  Lock lock;
  CHECK(schema.violation(*json::parse(lock_text(lock))).empty());
  lock.images["a.fwpkg"] = {kOther, 33612215, "https://mirror.example/a.fwpkg"};
  CHECK(schema.violation(*json::parse(lock_text(lock))).empty());
  lock.images["a.fwpkg"].sha256 = "short";
  CHECK_FALSE(schema.violation(*json::parse(lock_text(lock))).empty());
}

TEST_CASE("a damaged lock file, or one of another version, is refused") {
  const std::string image = R"({"sha256": ")" + kDigest + R"(", "size": 1, "source": "x"})";
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("{}"),
        std::string(R"({"format_version": 2, "images": {}})"), std::string(R"({"format_version": "1", "images": {}})"),
        std::string(R"({"format_version": 1})"), std::string(R"({"format_version": 1, "images": []})"),
        R"({"format_version": 1, "images": {"../x": )" + image + "}}",
        R"({"format_version": 1, "images": {"https://a:b@c/x": )" + image + "}}",
        R"({"format_version": 1, "images": {"x": )" + image + R"(, "x": )" + image + "}}",
        std::string(R"({"format_version": 1, "images": {"x": {"sha256": "AB", "size": 1}}})"),
        R"({"format_version": 1, "images": {"x": {"sha256": ")" + kDigest + R"(", "size": -1}}})",
        R"({"format_version": 1, "images": {"x": {"sha256": ")" + kDigest + R"("}}})"}) {
    INFO(text);
    const auto lock = parse_lock(text);
    REQUIRE_FALSE(lock.has_value());
    CHECK(lock.error().code() == Code::lock_file_malformed);
  }
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch.path() / "firmform.lock");
  CHECK(read_lock(scratch.path()).error().code() == Code::lock_file_malformed);
}

TEST_CASE("members of a later minor version are skipped") {
  const auto lock = parse_lock(R"({"format_version": 1, "made_by": "x", "images": {"x": {"sha256": ")" + kDigest +
                               R"(", "size": 1, "source": "s", "signed_by": "y"}}})");
  REQUIRE(lock.has_value());
  CHECK(lock->images.at("x").source == "s");
}

TEST_CASE("two locks are compared by name, and a replaced file is told from a moved one") {
  Lock before;
  Lock after;
  before.images = {{"gone", {kDigest, 1, "a"}},
                   {"moved", {kDigest, 1, "a"}},
                   {"replaced", {kDigest, 1, "a"}},
                   {"same", {kDigest, 1, "a"}}};
  after.images = {{"moved", {kDigest, 1, "b"}},
                  {"new", {kDigest, 1, "a"}},
                  {"replaced", {kOther, 1, "a"}},
                  {"same", {kDigest, 1, "a"}}};
  const auto changes = compare(before, after);
  REQUIRE(changes.size() == 4);
  CHECK(changes[0].image == "gone");
  CHECK_FALSE(changes[0].after.has_value());
  CHECK(changes[1].image == "moved");
  CHECK_FALSE(changes[1].replaces());
  CHECK(changes[2].image == "new");
  CHECK_FALSE(changes[2].before.has_value());
  CHECK(changes[3].replaces());
}

TEST_CASE("with a lock, a file must be the one that it pins") {
  const ScratchDirectory scratch;
  scratch.write("x.bin", "the image");
  Lock lock;
  lock.images["x.bin"] = {sha256_hex("the image"), 9, "x.bin"};
  const auto sources = std::vector{directory_source(".")};
  CHECK(read_catalog(sources, scratch.path(), {"x.bin"}, &lock).problems.empty());

  scratch.write("x.bin", "another");
  const Error changed = only_problem(read_catalog(sources, scratch.path(), {"x.bin"}, &lock));
  CHECK(changed.code() == Code::image_lock_differs);
  CHECK(changed.help().at(0).find("catalog lock -update") != std::string::npos);

  scratch.write("y.bin", "new");
  const Error missing = only_problem(read_catalog(sources, scratch.path(), {"y.bin"}, &lock));
  CHECK(missing.code() == Code::image_lock_differs);
  CHECK(missing.message() == "y.bin is not in firmform.lock");
  CHECK(missing.help().at(0).find("firmform catalog lock") != std::string::npos);
}

TEST_CASE("a locked image of a mirror has size and digest, and a copy that was fetched is found") {
  const ScratchDirectory scratch;
  Lock lock;
  lock.images["a.fwpkg"] = {kDigest, 7, "https://mirror.example/a.fwpkg"};
  const auto sources = std::vector{url_source("https://mirror.example/")};
  const auto away = read_catalog(sources, scratch.path(), {"a.fwpkg"}, &lock);
  REQUIRE(away.problems.empty());
  CHECK(away.catalog.find("a.fwpkg")->sha256 == kDigest);
  CHECK(away.catalog.find("a.fwpkg")->size == 7);
  CHECK(away.catalog.find("a.fwpkg")->fetched_path.empty());
  CHECK(only_problem(read_catalog(sources, scratch.path(), {"b.fwpkg"}, &lock)).code() == Code::image_lock_differs);

  const auto made = scratch.path() / "made.fwpkg";
  write_zip(made, {{"payload.json", kRomPayload}});
  const FileDigest digest = *digest_file(made);
  lock.images["a.fwpkg"] = {digest.sha256, digest.size, ""};
  const auto place = scratch.path() / ".firmform/images" / digest.sha256 / "a.fwpkg";
  std::filesystem::create_directories(place.parent_path());
  std::filesystem::rename(made, place);
  const auto here = read_catalog(sources, scratch.path(), {"a.fwpkg"}, &lock);
  REQUIRE(here.problems.empty());
  const CatalogImage* image = here.catalog.find("a.fwpkg");
  CHECK(image->url == "https://mirror.example/a.fwpkg");
  CHECK(image->path.empty());
  CHECK(image->fetched_path == place.string());
  CHECK(image->package.has_value());

  std::ofstream(place, std::ios::app) << "tampered";
  CHECK(only_problem(read_catalog(sources, scratch.path(), {"a.fwpkg"}, &lock)).code() != Code::image_not_in_catalog);
}

}  // namespace
}  // namespace firmform::catalog

// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/mirror.h"

#include <catch2/catch.hpp>

#include <string>

#include "engine/catalog/catalog.h"
#include "engine/catalog/image_cache.h"
#include "engine/catalog/image_url.h"
#include "tests/unit/catalog/mirror_site.h"
#include "tests/unit/catalog/package_files.h"

namespace firmform::catalog {
namespace {

const std::string kUrl = "https://mirror.example/spp/ilo5_311.bin";
const std::string kPath = "/spp/ilo5_311.bin";
constexpr std::size_t kMiB = std::size_t{1} << 20U;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((i * 2654435761U) >> 11U);
  return bytes;
}

struct Fixture {
  MirrorSite site;
  ScratchDirectory scratch;
  std::filesystem::path cache = image_cache(scratch.path());

  Result<FetchedFile> fetch(std::optional<LockedImage> pin = {}, const std::string& url = kUrl) {
    Mirror mirror(site, cache);
    return run(mirror.fetch({.url = url, .name = *file_name_of_url(url), .tls = {}, .pin = std::move(pin)}));
  }
  Error refused(std::optional<LockedImage> pin = {}) {
    const auto fetched = fetch(std::move(pin));
    REQUIRE_FALSE(fetched.has_value());
    // Nothing of a failed download is ever offered as an image.
    CHECK_FALSE(std::filesystem::exists(cache / sha256_hex(site.files[kPath]) / "ilo5_311.bin"));
    return fetched.error();
  }
};

bool mentions(const Error& error, std::string_view text) {
  INFO(error.one_line());
  return error.one_line().find(text) != std::string::npos;
}

TEST_CASE("a file of a mirror comes into the cache under its digest, in pieces") {
  Fixture test;
  const std::string image = noise(20 * kMiB + 17);
  test.site.files[kPath] = image;
  const auto fetched = test.fetch();
  REQUIRE(fetched.has_value());
  CHECK(fetched->digest.sha256 == sha256_hex(image));
  CHECK(fetched->path == test.cache / sha256_hex(image) / "ilo5_311.bin");
  CHECK(content_of(fetched->path) == image);
  CHECK(test.site.requests.size() == 4);  // a look, and three pieces of at most 8 MiB
  CHECK(test.site.requests[0].endpoint->url == "https://mirror.example");
  for (const auto& request : test.site.requests) CHECK(request.endpoint == test.site.requests[0].endpoint);
}

TEST_CASE("a download that broke goes on where it stopped, also in another run") {
  Fixture test;
  const std::string image = noise(20 * kMiB);
  test.site.files[kPath] = image;
  test.site.fails_after = 2;
  CHECK(test.refused().code() == Code::mirror_failed);
  test.site.fails_after.reset();
  const std::size_t before = test.site.bytes_sent();
  const auto fetched = test.fetch();
  REQUIRE(fetched.has_value());
  CHECK(content_of(fetched->path) == image);
  CHECK(test.site.bytes_sent() - before < 13 * kMiB);
}

TEST_CASE("what cannot be told to be the same file is fetched from its start") {
  Fixture test;
  const std::string image = noise(20 * kMiB);
  test.site.files[kPath] = image;
  test.site.etag = "";
  test.site.fails_after = 2;
  CHECK(test.refused().code() == Code::mirror_failed);
  test.site.fails_after.reset();
  const auto fetched = test.fetch();
  REQUIRE(fetched.has_value());
  CHECK(content_of(fetched->path) == image);
}

TEST_CASE("a request that gets no answer is sent again") {
  Fixture test;
  test.site.files[kPath] = "image";
  test.site.broken_requests = 2;
  CHECK(test.fetch().has_value());
  test.site.broken_requests = 3;
  CHECK(mentions(test.fetch().error(), "does not answer"));
}

TEST_CASE("a mirror without ranges gives the file at once") {
  Fixture test;
  test.site.knows_ranges = false;
  test.site.files[kPath] = noise(2 * kMiB);
  CHECK(content_of(test.fetch()->path) == test.site.files[kPath]);
  CHECK(test.site.requests.size() == 1);
}

TEST_CASE("a mirror that answers with a web page is caught by type and by content") {
  Fixture test;
  test.site.files[kPath] = "<!DOCTYPE html><html><title>Sign in</title>";
  test.site.content_type = "text/html; charset=utf-8";
  const Error by_type = test.refused();
  CHECK(by_type.code() == Code::mirror_failed);
  CHECK(mentions(by_type, "web page"));
  CHECK(mentions(by_type, "text/html"));
  CHECK(mentions(by_type, "Sign in"));
  test.site.content_type = "application/octet-stream";
  CHECK(mentions(test.refused(), "web page"));
  test.site.files[kPath] = "\n  <HTML><body>moved</body>";
  CHECK(mentions(test.refused(), "web page"));
}

TEST_CASE("other answers than the file say what the mirror said") {
  Fixture test;
  CHECK(mentions(test.refused(), "no such file"));
  http::Response moved;
  moved.status = 302;
  moved.headers.add("Location", "https://cdn.example/x");
  test.site.answers_with = moved;
  const Error redirected = test.refused();
  CHECK(mentions(redirected, "https://cdn.example/x"));
  CHECK(redirected.help().at(0).find("redirects are not followed") != std::string::npos);
  test.site.answers_with->status = 403;
  CHECK(mentions(test.refused(), "does not let us in"));
  test.site.answers_with.reset();
  test.site.files[kPath] = "";
  CHECK(test.refused().code() == Code::mirror_failed);
}

TEST_CASE("an answer with fewer bytes than it says is not believed") {
  Fixture test;
  http::Response lying;
  lying.status = 206;
  lying.headers.add("Content-Range", "bytes 0-511/2000");
  lying.body = "short";
  test.site.answers_with = lying;
  CHECK(mentions(test.refused(), "mirror.example"));
  for (const std::string range : {"", "bytes 5-511/2000", "bytes 0-511/*", "bytes 0-511/100", "items 0-1/2"}) {
    INFO(range);
    test.site.answers_with->headers.set("Content-Range", range);
    CHECK(mentions(test.refused(), "another range"));
  }
}

TEST_CASE("a file that changes while it is fetched is refused") {
  Fixture test;
  test.site.files[kPath] = noise(20 * kMiB);
  test.site.changes_at.emplace(3, std::string(20 * kMiB, 'x'));
  CHECK(mentions(test.refused(), "changed while it was fetched"));
  Fixture small;
  small.site.files[kPath] = noise(2 * kMiB);
  small.site.changes_at.emplace(2, std::string(2 * kMiB, 'x'));
  CHECK(mentions(small.refused(), "changed while it was fetched"));
}

TEST_CASE("a file that is not the locked one is refused and not kept") {
  Fixture test;
  test.site.files[kPath] = "another";
  const LockedImage pin{sha256_hex("the one"), 7, kUrl};
  const Error error = test.refused(pin);
  CHECK(error.code() == Code::image_lock_differs);
  CHECK(std::filesystem::is_empty(test.cache / "partial"));
  CHECK(mentions(test.refused(LockedImage{sha256_hex("another"), 8, kUrl}), "8 in firmform.lock"));
  CHECK(test.fetch(LockedImage{sha256_hex("another"), 7, kUrl}).has_value());
}

TEST_CASE("the metadata of a package that holds none comes with it") {
  Fixture test;
  const auto made = test.scratch.path() / "made.zip";
  write_zip(made, {{"nic.pldm", "image"}});
  test.site.files["/spp/nic.fwpkg"] = content_of(made);
  test.site.files["/spp/nic.json"] = kRomPayload;
  const auto fetched = test.fetch({}, "https://mirror.example/spp/nic.fwpkg");
  REQUIRE(fetched.has_value());
  CHECK(read_image("nic.fwpkg", fetched->path)->package->install_seconds == 150);
}

TEST_CASE("the signatures of a Smart Component come with it, and their absence is no failure of the mirror") {
  Fixture test;
  test.site.files["/spp/cp1.exe"] = noise(33 * kMiB);
  const std::string url = "https://mirror.example/spp/cp1.exe";
  REQUIRE(test.fetch({}, url).has_value());
  test.site.files["/spp/cp1_part1.compsig"] = "first";
  test.site.files["/spp/cp1_part2.compsig"] = "second";
  const auto fetched = test.fetch({}, url);
  REQUIRE(fetched.has_value());
  const auto image = read_image("cp1.exe", fetched->path);
  REQUIRE(image.has_value());
  CHECK(image->signature == Signature::detached);
  CHECK(image->sections.size() == 2);
  test.site.files["/spp/cp1_part2.compsig"] = noise(2 * kMiB);
  CHECK(mentions(test.fetch({}, url).error(), "more than 1 MiB at once for cp1_part2.compsig"));
  test.site.files["/spp/cp1_part2.compsig"] = "<html>login</html>";
  CHECK(test.fetch({}, url).error().code() == Code::mirror_failed);
}

TEST_CASE("the index of a repository is read, and a mirror without one has none") {
  Fixture test;
  Mirror mirror(test.site, test.cache);
  CHECK_FALSE(run(mirror.read_index("https://mirror.example/spp", {}))->has_value());
  test.site.files["/spp/fwrepodata/fwrepo.json"] = R"({
    "U46_2.36.fwpkg": {"date": "20250311", "description": " System ROM U46 ", "deviceclass": "AA148D2E-6E09-453E-BC6F-63BAA5F5CCC4",
      "minimum_active_version": "1.60", "reboot_required": "yes", "target": ["00000000-0000-0000-0000-000001553436"], "version": "2.36"},
    "../evil.fwpkg": {"version": "1"}, "broken": 5, "a.fwpkg": {"target": "ABC"}})";
  const auto index = run(mirror.read_index("https://mirror.example/spp", {}));
  REQUIRE(index.has_value());
  REQUIRE(index->has_value());
  REQUIRE((*index)->size() == 2);
  CHECK((*index)->at(1).file == "a.fwpkg");
  CHECK((*index)->at(1).targets == std::vector<std::string>{"abc"});
  const IndexedImage& rom = (*index)->at(0);
  CHECK(rom.description == "System ROM U46");
  CHECK(rom.version == "2.36");
  CHECK(rom.device_class == "aa148d2e-6e09-453e-bc6f-63baa5f5ccc4");
  CHECK(rom.minimum_version == "1.60");
  CHECK(rom.reset_required);
  test.site.files["/spp/fwrepodata/fwrepo.json"] = "<html>";
  CHECK(run(mirror.read_index("https://mirror.example/spp/", {})).error().code() == Code::mirror_failed);
  test.site.files["/spp/fwrepodata/fwrepo.json"] = "[]";
  CHECK(run(mirror.read_index("https://mirror.example/spp/", {})).error().code() == Code::mirror_failed);
}

TEST_CASE("URLs are taken apart") {
  CHECK(origin_of_url("https://m.example:8443/a/b?x#y") == "https://m.example:8443");
  CHECK(origin_of_url("https://m.example") == "https://m.example");
  CHECK(target_of_url("https://m.example/a/b?x=/#y") == "/a/b?x=/");
  CHECK(target_of_url("https://m.example") == "/");
  CHECK(target_of_url("https://m.example?x") == "/?x");
  CHECK(*file_name_of_url("https://m/a/U46%202.10%23.fwpkg?x") == "U46 2.10#.fwpkg");
  CHECK_FALSE(file_name_of_url("https://m/a/").has_value());
  CHECK_FALSE(file_name_of_url("https://m/a/..%2Fx").has_value());
  CHECK_FALSE(file_name_of_url("https://m").has_value());
}

}  // namespace
}  // namespace firmform::catalog

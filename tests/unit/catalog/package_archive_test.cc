// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/package_archive.h"

#include <catch2/catch.hpp>

#include <string>

#include "tests/unit/catalog/package_files.h"

namespace firmform::catalog {
namespace {

std::string reason(const Status& status) {
  if (status) return "none";
  CHECK(status.error().code() == Code::package_malformed);
  return status.error().message();
}

std::string reason(const std::filesystem::path& package, const ArchiveLimits& limits = {}) {
  const auto payload = read_payload(package, limits);
  return reason(payload ? Status() : fail(payload.error()));
}

bool says(const std::string& text, std::string_view part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

TEST_CASE("an entry whose name leads out of the package makes the package unusable") {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "packages/spp/evil.fwpkg";
  std::filesystem::create_directories(path.parent_path());
  for (const std::string name : {"../../etc/cron.d/x", "a/../../x", "/etc/passwd", "..\\x.bin", "\\\\host\\share\\x",
                                 "C:/windows/x", "..", "a\tb"}) {
    INFO(name);
    write_zip(path, {{"payload.json", kRomPayload}, {name, "x"}});
    CHECK(reason(path).find("holds an entry that") != std::string::npos);
    CHECK_FALSE(test_archive(path).has_value());
  }
  // Nothing was unpacked, neither in the package's place nor above it.
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch.path())) {
    if (entry.is_regular_file()) files.push_back(entry.path().filename().string());
  }
  CHECK(files == std::vector<std::string>{"evil.fwpkg"});
}

TEST_CASE("folders and dots that lead nowhere else are harmless") {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "good.fwpkg";
  write_zip(path, {{"payload.json", kRomPayload}, {"./docs/readme..txt", "x"}, {"a..b", "y"}});
  CHECK(reason(path) == "none");
  CHECK(reason(test_archive(path)) == "none");
}

TEST_CASE("an entry very deep in folders is refused") {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "deep.fwpkg";
  std::string name;
  for (int i = 0; i < 40; ++i) name += "a/";
  write_zip(path, {{"payload.json", kRomPayload}, {name + "x", "x"}});
  CHECK(says(reason(path), "too deep"));
}

TEST_CASE("a zip bomb is told by its size beside what it unpacks to") {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "bomb.fwpkg";
  write_zip(path, {{"payload.json", kRomPayload}, {"zeros.bin", std::string(80U << 20U, '\0')}});
  REQUIRE(std::filesystem::file_size(path) < (1U << 20U));
  CHECK(says(reason(path), "100 times its size"));
}

TEST_CASE("the content of all entries together is limited") {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "large.fwpkg";
  write_zip(path,
            {{"payload.json", kRomPayload}, {"a", std::string(3U << 20U, 'a')}, {"b", std::string(3U << 20U, 'b')}});
  CHECK(says(reason(path, {.unpacked_bytes = 4U << 20U}), "more than 4 MiB"));
  CHECK(reason(path, {.unpacked_bytes = 8U << 20U}) == "none");
}

TEST_CASE("what an archive claims of its sizes is not believed when it is tested") {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "liar.fwpkg";
  write_zip(path, {{"payload.json", kRomPayload}, {"a", std::string(3U << 20U, 'a')}});
  CHECK(reason(test_archive(path, {.unpacked_bytes = 4U << 20U})) == "none");
  CHECK(says(reason(test_archive(path, {.unpacked_bytes = 2U << 20U})), "more than 2 MiB"));
}

TEST_CASE("an archive in the archive is not opened") {
  const ScratchDirectory scratch;
  const auto inner = scratch.path() / "inner.zip";
  write_zip(inner, {{"payload.json", "{}"}});
  std::ifstream file(inner, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto path = scratch.path() / "outer.fwpkg";
  write_zip(path, {{"inner.zip", bytes}});
  const auto payload = read_payload(path);
  REQUIRE(payload.has_value());
  CHECK_FALSE(payload->has_value());
}

TEST_CASE("a link inside of a package is refused") {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "link.fwpkg";
  write_zip_with_link(path, "image.bin", "/etc/shadow");
  CHECK(says(reason(path), "something else than files"));
}

TEST_CASE("damage anywhere in a package shows when it is tested") {
  const ScratchDirectory scratch;
  const auto good = scratch.path() / "good.fwpkg";
  std::string noise;
  for (unsigned i = 0; i < 200000; ++i) noise += static_cast<char>((i * 2654435761U) >> 13U);
  write_zip(good, {{"payload.json", kRomPayload}, {"image.bin", noise}});
  CHECK(reason(test_archive(good)) == "none");
  std::ifstream file(good, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x40);
  const auto damaged = scratch.write("damaged.fwpkg", bytes);
  CHECK(reason(damaged) == "none");
  CHECK(says(reason(test_archive(damaged)), "not a readable package"));
  const auto cut = scratch.write("cut.fwpkg", bytes.substr(0, bytes.size() - 30));
  CHECK(says(reason(cut), "not a readable package"));
}

}  // namespace
}  // namespace firmform::catalog

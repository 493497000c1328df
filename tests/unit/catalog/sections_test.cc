// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/sections.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "engine/base/digest.h"
#include "tests/unit/catalog/package_files.h"

namespace firmform::catalog {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;

using Names = std::vector<std::string>;

/// Everything that an error says.
std::string all_of(const Error& error) {
  std::string text = error.message();
  for (const std::string& note : error.notes()) text += "\n" + note;
  return text;
}

Error refused(const std::filesystem::path& file, std::uint64_t size) {
  const auto sections = read_signatures(file, size);
  REQUIRE_FALSE(sections.has_value());
  CHECK(sections.error().code() == Code::signature_mismatch);
  return sections.error();
}

TEST_CASE("a file is cut at every 32 MiB") {
  CHECK(cut_into_sections(1).size() == 1);
  CHECK(cut_into_sections(kSectionBytes).size() == 1);
  const auto two = cut_into_sections(kSectionBytes + 1);
  REQUIRE(two.size() == 2);
  CHECK(two[0].offset == 0);
  CHECK(two[0].length == kSectionBytes);
  CHECK(two[1].offset == kSectionBytes);
  CHECK(two[1].length == 1);
  CHECK(cut_into_sections(2 * kSectionBytes).size() == 2);
  CHECK(cut_into_sections(0).size() == 1);
}

TEST_CASE("the names of signatures follow from name and size") {
  CHECK(signature_names("cp040154.exe", 10 * kMiB) == Names{"cp040154.compsig"});
  CHECK(signature_names("cp040154.exe", 40 * kMiB) == Names{"cp040154_part1.compsig", "cp040154_part2.compsig"});
  CHECK(signature_names("firmware-ilo5-2.81-1.1.x86_64.rpm", 1) == Names{"firmware-ilo5-2.81-1.1.x86_64.compsig"});
}

TEST_CASE("a small Smart Component has one signature over all of it") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("cp1.exe", "component");
  CHECK(read_signatures(file, 9)->empty());
  scratch.write("cp1.compsig", "sig");
  scratch.write("cp10.compsig", "of another component");
  scratch.write("cp1_notes.compsig", "neither");
  const auto sections = read_signatures(file, 9);
  REQUIRE(sections.has_value());
  REQUIRE(sections->size() == 1);
  CHECK(sections->front().offset == 0);
  CHECK(sections->front().length == 9);
  CHECK(sections->front().signature_path == (scratch.path() / "cp1.compsig").string());
  CHECK(sections->front().signature_sha256 == sha256_hex("sig"));
}

TEST_CASE("a large Smart Component has a signature for each piece, in the order of their numbers") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("cp1.exe", "x");
  for (int part = 1; part <= 11; ++part) {
    scratch.write("cp1_part" + std::to_string(part) + ".compsig", "sig " + std::to_string(part));
  }
  const auto sections = read_signatures(file, 10 * kSectionBytes + 5);
  REQUIRE(sections.has_value());
  REQUIRE(sections->size() == 11);
  CHECK(sections->at(9).signature_sha256 == sha256_hex("sig 10"));
  CHECK(sections->at(10).length == 5);
}

TEST_CASE("a signature over the whole of a file in pieces is not needed and does no harm") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("cp1.exe", "x");
  scratch.write("cp1_part1.compsig", "1");
  scratch.write("cp1_part2.compsig", "2");
  scratch.write("cp1.compsig", "whole");
  CHECK(read_signatures(file, 40 * kMiB)->size() == 2);
}

TEST_CASE("a missing part is named with all that are expected") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("cp1.exe", "x");
  scratch.write("cp1_part1.compsig", "1");
  const std::string text = all_of(refused(file, 40 * kMiB));
  CHECK(text.find("1 signature is missing") != std::string::npos);
  CHECK(text.find("cp1_part1.compsig, cp1_part2.compsig") != std::string::npos);
}

TEST_CASE("a signature of the whole alone is not enough for a file in pieces") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("cp1.exe", "x");
  scratch.write("cp1.compsig", "whole");
  CHECK(all_of(refused(file, 40 * kMiB)).find("2 signatures are missing") != std::string::npos);
}

TEST_CASE("signatures of a larger file betray a truncated one") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("cp1.exe", "x");
  for (const std::string part : {"1", "2", "3"}) scratch.write("cp1_part" + part + ".compsig", "sig" + part);
  CHECK(all_of(refused(file, 40 * kMiB)).find("1 signature too many") != std::string::npos);
  CHECK(all_of(refused(file, 10 * kMiB)).find("of another size") != std::string::npos);
}

TEST_CASE("an empty signature, one larger than its file, and the same one twice cannot be right") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("cp1.exe", "component");
  scratch.write("cp1.compsig", "");
  CHECK(all_of(refused(file, 9)).find("is empty") != std::string::npos);
  scratch.write("cp1.compsig", "larger than it");
  CHECK(all_of(refused(file, 9)).find("larger than the file") != std::string::npos);
  const auto large = scratch.write("cp2.exe", "x");
  scratch.write("cp2_part1.compsig", "same");
  scratch.write("cp2_part2.compsig", "same");
  CHECK(all_of(refused(large, 40 * kMiB)).find("cp2_part1.compsig and cp2_part2.compsig are the same") !=
        std::string::npos);
}

TEST_CASE("a link in a signature's place is not followed") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("cp1.exe", "component");
  scratch.write("elsewhere", "sig");
  std::filesystem::create_symlink("elsewhere", scratch.path() / "cp1.compsig");
  CHECK(read_signatures(file, 9).error().code() == Code::image_unreadable);
}

}  // namespace
}  // namespace firmform::catalog

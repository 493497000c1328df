// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <string>

#include "engine/catalog/catalog.h"
#include "engine/catalog/payload.h"
#include "tests/unit/catalog/package_files.h"

namespace firmform::catalog {
namespace {

Code code_of(const Result<PackageMetadata>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code();
}

TEST_CASE("a package says who may flash it, for which devices, and how long that takes") {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "U32.fwpkg";
  write_zip(path,
            {{"U32.signed.flash", std::string(300000, 'x')}, {"payload.json", kRomPayload}, {"readme.txt", "hi"}});
  const auto package = read_fwpkg(path);
  REQUIRE(package.has_value());
  CHECK(package->format == "FWPKG");
  CHECK(package->device_class == "aa148d2e-6e09-453e-bc6f-63baa5f5ccc4");
  CHECK(package->minimum_version == "1.20");
  REQUIRE(package->devices.size() == 1);
  CHECK(package->devices[0].name == "HPE ProLiant DL360 Gen10 System ROM - U32");
  CHECK(package->devices[0].target == "00000000-0000-0000-0000-00000000020a");
  CHECK(package->devices[0].version == "2.34_04-08-2020");
  CHECK(package->updatable_by_bmc);
  CHECK(package->updatable_by_uefi);
  CHECK_FALSE(package->updatable_by_agent);
  CHECK(package->direct_flash);
  CHECK(package->uefi_flashable);
  CHECK(package->reset_required);
  CHECK(package->install_seconds == 150);
}

TEST_CASE("the spelling of keys does not count, and lists of one may stand without brackets") {
  const auto package = parse_payload(R"({"packageformat": "FWPKG-v2", "UpdatableBy": "RuntimeAgent",
    "Devices": {"Device": {"DeviceName": "X", "TARGET": "ABC", "Version": "1",
      "FirmwareImages": {"DirectFlashOK": "Yes", "UEFIFlashable": false, "ResetRequired": "no",
                         "InstallDurationSec": "360"}}}})");
  REQUIRE(package.has_value());
  CHECK(package->format == "FWPKG-v2");
  CHECK(package->updatable_by_agent);
  CHECK_FALSE(package->updatable_by_bmc);
  CHECK(package->devices.at(0).target == "abc");
  CHECK(package->direct_flash);
  CHECK_FALSE(package->uefi_flashable);
  CHECK_FALSE(package->reset_required);
  CHECK(package->install_seconds == 360);
}

TEST_CASE("the longest device gives the duration, and nonsense gives none") {
  const auto package = parse_payload(R"({"Devices": {"Device": [
    {"FirmwareImages": [{"InstallDurationSec": 60}, {"InstallDurationSec": 30, "DelayAfterInstallSec": 10}]},
    {"FirmwareImages": [{"InstallDurationSec": 90, "DirectFlashOk": true, "ResetRequired": true}]},
    {"FirmwareImages": [{"InstallDurationSec": -5}, {"InstallDurationSec": "soon"}, {"InstallDurationSec": []}]}]}})");
  REQUIRE(package.has_value());
  CHECK(package->install_seconds == 100);
  CHECK(package->reset_required);
  CHECK_FALSE(package->direct_flash);  // the first device's first image speaks for the package
  CHECK(parse_payload(R"({"Devices": {"Device": [{"FirmwareImages": [{"InstallDurationSec": 9e15}]}]}})")
            ->install_seconds <= 24 * 60 * 60);
}

TEST_CASE("metadata in the newer style gives its duration") {
  const auto package = parse_payload(R"({"Devices": {"Device": [{"Target": "A"}]},
    "package": {"installation": {"per_device_install_time_seconds": 240}}})");
  REQUIRE(package.has_value());
  CHECK(package->install_seconds == 240);
}

TEST_CASE("metadata that is no metadata is refused") {
  for (const std::string text :
       {"", "{", "[]", "\"FWPKG\"", "{}", R"({"Devices": {}})", R"({"Devices": {"Device": []}})",
        R"({"Devices": {"Device": ["a"]}})", R"({"Devices": [], "Devices": []})"}) {
    INFO(text);
    CHECK(code_of(parse_payload(text)) == Code::package_malformed);
  }
}

TEST_CASE("a package without payload.json takes the metadata file beside it") {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "nic.fwpkg";
  write_zip(path, {{"nic.pldm", "image"}});
  CHECK(code_of(read_fwpkg(path)) == Code::package_malformed);
  const auto beside = scratch.write("nic.json", kRomPayload);
  CHECK(read_fwpkg(path)->install_seconds == 150);

  scratch.write("nic.json", std::string((1U << 20U) + 1, ' '));
  CHECK(code_of(read_fwpkg(path)) == Code::package_malformed);
  std::filesystem::remove(beside);
  scratch.write("elsewhere", kRomPayload);
  std::filesystem::create_symlink("elsewhere", beside);
  CHECK(code_of(read_fwpkg(path)) == Code::package_malformed);
}

TEST_CASE("damaged packages are refused by name") {
  const ScratchDirectory scratch;
  const auto good = scratch.path() / "good.fwpkg";
  write_zip(good, {{"payload.json", kRomPayload}, {"image.bin", std::string(100000, 'i')}});
  std::string bytes;
  {
    std::ifstream file(good, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  for (std::size_t length = 0; length < bytes.size(); length += 1 + bytes.size() / 50) {
    INFO(length << " bytes of " << bytes.size());
    const auto cut = scratch.write("cut.fwpkg", bytes.substr(0, length));
    const auto package = read_fwpkg(cut);
    REQUIRE(code_of(package) == Code::package_malformed);
    CHECK(package.error().message().find("cut.fwpkg") != std::string::npos);
  }
  CHECK(code_of(read_fwpkg(scratch.write("text.fwpkg", "not a zip at all"))) == Code::package_malformed);
  CHECK(code_of(read_fwpkg(scratch.path() / "missing.fwpkg")) == Code::image_unreadable);
}

TEST_CASE("an archive that unpacks to gigabytes is cut off at its metadata limit") {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "bomb.fwpkg";
  write_zip(path, {{"payload.json", std::string(200U << 20U, ' ')}});
  REQUIRE(std::filesystem::file_size(path) < (1U << 20U));
  CHECK(code_of(read_fwpkg(path)) == Code::package_malformed);
}

TEST_CASE("a package with thousands of entries is refused") {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "many.fwpkg";
  std::vector<Entry> entries;
  for (int i = 0; i < 5000; ++i) entries.emplace_back("file" + std::to_string(i), "");
  entries.emplace_back("payload.json", kRomPayload);
  write_zip(path, entries);
  CHECK(code_of(read_fwpkg(path)) == Code::package_malformed);
}

TEST_CASE("a second payload.json is refused, and one in a folder is not taken for the package's") {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "twice.fwpkg";
  write_zip(path, {{"payload.json", kRomPayload}, {"PAYLOAD.JSON", kRomPayload}});
  CHECK(code_of(read_fwpkg(path)) == Code::package_malformed);
  write_zip(path, {{"docs/payload.json", "{}"}, {"./Payload.json", kRomPayload}});
  CHECK(read_fwpkg(path)->format == "FWPKG");
}

TEST_CASE("a pipe in a package's place is refused without being opened") {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "pipe.fwpkg";
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  CHECK(code_of(read_fwpkg(path)) == Code::image_unreadable);
}

}  // namespace
}  // namespace firmform::catalog

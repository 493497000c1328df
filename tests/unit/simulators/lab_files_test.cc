// SPDX-License-Identifier: Apache-2.0
// What the lab writes for machines that take more than raw images, and files that the simulators read in part.
#include "tests/simulators/lab_files.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/simulators/image.h"
#include "tests/unit/simulators/desk.h"

namespace firmform::simulators {
namespace {

namespace fs = std::filesystem;

/// A folder of its own, gone at the end.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "firmform-lab-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(path / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  fs::path path;
};

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const fs::directory_entry& file : fs::directory_iterator(folder)) names.insert(file.path().filename());
  return names;
}

LabInfo info_of(const Folder& folder, const std::vector<std::string>& models) {
  LabInfo info{folder.path, {}, "http://127.0.0.1:1/"};
  for (const std::string& model : models) info.hosts.push_back({"lab-" + model, model, "https://127.0.0.1:2"});
  return info;
}

TEST_CASE("a lab of iLOs has raw images, packages for the iLO and for UEFI, and a signed smart component") {
  const Folder folder;
  REQUIRE(write_lab_files({}, info_of(folder, {"ilo5", "redfish"}), "ca", "secret").has_value());
  CHECK(names_in(folder.path / "firmware") ==
        std::set<std::string>{"SPSGen10Plus_04.04.04.702.fwpkg", "U46_2.36_07_10_2025.signed.flash",
                              "contoso-bios-P79_v1.50.bin", "contoso-bmc-1.46.512c02-rev1.bin", "cp062105.compsig",
                              "cp062105.exe", "ilo5_312.bin", "ilo5_312.fwpkg"});
  const FileReading package = read_file(folder.read("firmware/SPSGen10Plus_04.04.04.702.fwpkg"));
  CHECK(package.kind == FileReading::Kind::fwpkg);
  CHECK(package.metadata["UpdatableBy"] == json::Value(json::Array{"Uefi"}));
  const std::string component = folder.read("firmware/cp062105.exe");
  CHECK(read_file(component).kind == FileReading::Kind::smart_component);
  CHECK(compsig_fits(folder.read("firmware/cp062105.compsig"), component));
  CHECK_FALSE(compsig_fits(folder.read("firmware/cp062105.compsig"), component + "x"));
  CHECK_THAT(folder.read("baselines.yaml"),
             Catch::Contains("# - {component: \"Server Platform Services (SPS) Firmware\""));
}

TEST_CASE("a smart component of more than 32 MiB has a signature for each piece") {
  const Folder folder;
  LabOptions options;
  options.smart_component_size = (32U << 20U) + 1000;
  REQUIRE(write_lab_files(options, info_of(folder, {"ilo7"}), "ca", "secret").has_value());
  const std::string component = folder.read("firmware/cp062107.exe");
  REQUIRE(component.size() > 32U << 20U);
  CHECK(compsig_fits(folder.read("firmware/cp062107_part1.compsig"), component.substr(0, 32U << 20U)));
  CHECK(compsig_fits(folder.read("firmware/cp062107_part2.compsig"), component.substr(32U << 20U)));
}

TEST_CASE("versions change their spelling between repository and inventory, and back") {
  const auto [component, family, inventory, raw, package] =
      GENERATE(table<std::string, std::string, std::string, std::string, std::string>({
          {"bmc", "ilo5", "3.12 Sep 15 2025", "3.12", "3.12"},
          {"bios", "U46", "U46 v2.36 (07/10/2025)", "v2.36 (07/10/2025)", "2.36_07-10-2025"},
          {"cpld", "x", "0x16", "16", "16"},
          {"sps", "x", "4.4.4.702", "04.04.04.702", "04.04.04.702"},
          {"ie", "x", "1.0.0.22", "1.0.0.22", "1.0.0.22"},
      }));
  const ImageInfo info{component, family, inventory, "2025-09-15"};
  CHECK(repository_version(info, false) == raw);
  CHECK(repository_version(info, true) == package);
  CHECK(inventory_version(component, family, raw, info.date) == inventory);
  CHECK(inventory_version(component, family, package, info.date) == inventory);
}

TEST_CASE("a part of a file is sent as that part") {
  const Folder folder;
  std::ofstream(folder.path / "x") << "0123456789";
  const http::FileBody part{folder.path / "x", 2, 3};
  CHECK(read_file_body(part).value() == "234");
  CHECK(read_file_body({folder.path / "x", 7, {}}).value() == "789");
  CHECK_FALSE(read_file_body({folder.path / "x", 8, 3}).has_value());
  const EncodedForm form = write_form({{"file", "x", "", part}}).value();
  CHECK(read_form(form.content_type, form.body)->front().content == "234");
}

}  // namespace
}  // namespace firmform::simulators

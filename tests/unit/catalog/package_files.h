// SPDX-License-Identifier: Apache-2.0
// A scratch directory with images and packages, gone with its test.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace firmform::catalog {

class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "firmform-catalog-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch directory");
    path_ = name;
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() { std::filesystem::remove_all(path_); }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(const std::string& name, const std::string& content) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }

 private:
  std::filesystem::path path_;
};

/// A file of a package: name and content.
using Entry = std::pair<std::string, std::string>;

inline void write_zip(const std::filesystem::path& path, const std::vector<Entry>& entries) {
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  if (archive_write_open_filename(writer, path.c_str()) != ARCHIVE_OK) throw std::runtime_error("cannot write a zip");
  for (const auto& [name, content] : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(writer, entry);
    archive_write_data(writer, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
}

/// A package with a symbolic link in it.
inline void write_zip_with_link(const std::filesystem::path& path, const std::string& name, const std::string& target) {
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  if (archive_write_open_filename(writer, path.c_str()) != ARCHIVE_OK) throw std::runtime_error("cannot write a zip");
  archive_entry* entry = archive_entry_new();
  archive_entry_set_pathname(entry, name.c_str());
  archive_entry_set_filetype(entry, AE_IFLNK);
  archive_entry_set_symlink(entry, target.c_str());
  archive_entry_set_perm(entry, 0777);
  archive_write_header(writer, entry);
  archive_entry_free(entry);
  archive_write_close(writer);
  archive_write_free(writer);
}

/// The metadata of a system ROM's package, as vendors write it.
inline const std::string kRomPayload = R"({
  "Type": "Firmware", "PackageFormat": "FWPKG", "UpdatableBy": ["Bmc", "Uefi"],
  "DeviceClass": "AA148D2E-6E09-453E-BC6F-63BAA5F5CCC4", "MinimumActiveVersion": "1.20",
  "Devices": {"Device": [{
    "DeviceName": "HPE ProLiant DL360 Gen10 System ROM - U32",
    "Target": "00000000-0000-0000-0000-00000000020A", "Version": "2.34_04-08-2020",
    "FirmwareImages": [{
      "FileName": "U32_2.34_04_08_2020.signed.flash", "Order": 1, "DirectFlashOk": true, "UefiFlashable": true,
      "PLDMImage": false, "ResetRequired": true, "DelayAfterInstallSec": 30, "InstallDurationSec": 120}]}]}})";

}  // namespace firmform::catalog

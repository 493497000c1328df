// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/image.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "engine/base/digest.h"
#include "engine/base/text.h"
#include "tests/simulators/traits.h"

namespace firmform::simulators {
namespace {

constexpr std::string_view kMagic = "FIRMFORM-LAB-IMAGE\n";
constexpr std::string_view kReleased = "2025-09-15";
constexpr std::string_view kReleasedByHpe = "Sep 15 2025";

const ComponentTraits* component_traits(const std::string& model, const std::string& component) {
  const ModelTraits* traits = find_traits(model);
  if (traits == nullptr) return nullptr;
  return component == "bios" ? &traits->bios : &traits->bmc;
}

/// Bytes without pattern that are the same in every run.
std::string padding(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 0x9E3779B9U;
  for (char& byte : bytes) {
    state ^= state << 13U;
    state ^= state >> 17U;
    state ^= state << 5U;
    byte = static_cast<char>(state & 0xFFU);
  }
  return bytes;
}

std::string without(std::string_view text, std::string_view unwanted) {
  std::string kept;
  for (const char c : text) {
    if (unwanted.find(c) == std::string_view::npos) kept += c;
  }
  return kept;
}

/// "U46 v2.36 (07/10/2025)" gives "U46_2.36_07_10_2025".
std::string rom_file_stem(std::string_view version) {
  std::string stem;
  for (const char c : version) {
    if (c == ' ' || c == '/')
      stem += '_';
    else if (c != 'v' && c != '(' && c != ')')
      stem += c;
  }
  return stem;
}

/// A name that every file system and URL takes.
std::string plain_file_stem(std::string_view version) {
  std::string stem(version);
  std::ranges::replace_if(
      stem, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-'; }, '_');
  return stem;
}

std::string ilo_file_stem(std::string_view version, std::string_view family) {
  const std::string number(version.substr(0, version.find(' ')));
  return family == "ilo7" ? number : without(number, ".");
}

using ArchiveReader = std::unique_ptr<archive, decltype(&archive_read_free)>;
using ArchiveWriter = std::unique_ptr<archive, decltype(&archive_write_free)>;

bool add_entry(archive* writer, const std::string& name, std::string_view bytes) {
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(), &archive_entry_free);
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) return false;
  return archive_write_data(writer, bytes.data(), bytes.size()) == static_cast<la_ssize_t>(bytes.size());
}

la_ssize_t append_bytes(archive* /*writer*/, void* target, const void* data, std::size_t size) {
  static_cast<std::string*>(target)->append(static_cast<const char*>(data), size);
  return static_cast<la_ssize_t>(size);
}

json::Value payload_json(const std::string& file, const std::string& component, const std::string& version) {
  const bool bios = component == "bios";
  const json::Object image{{"FileName", file},          {"Order", 1},
                           {"DirectFlashOk", true},     {"UefiFlashable", bios},
                           {"PLDMImage", false},        {"ResetRequired", bios},
                           {"DelayAfterInstallSec", 0}, {"InstallDurationSec", bios ? 120 : 240}};
  const json::Object device{
      {"DeviceName", bios ? "System ROM" : "Integrated Lights-Out"},
      {"Target", bios ? "00000000-0000-0000-0000-000001553436" : "4764a662-b342-4fc7-9ce9-258c5d99e815"},
      {"Version", version},
      {"FirmwareImages", json::Array{image}}};
  return json::Object{
      {"Type", "Firmware"},
      {"PackageFormat", "FWPKG"},
      {"UpdatableBy", json::Array{"Bmc"}},
      {"DeviceClass", bios ? "aa148d2e-6e09-453e-bc6f-63baa5f5ccc4" : "2f317b9d-c9e3-4d76-bff6-b9d0d085a952"},
      {"Devices", json::Object{{"Device", json::Array{device}}}}};
}

}  // namespace

std::string make_image(const std::string& model, const std::string& component, const std::string& version,
                       std::size_t size) {
  const ModelTraits* traits = find_traits(model);
  const ComponentTraits* part = component_traits(model, component);
  std::string full = version;
  if (traits != nullptr && traits->hpe && component == "bmc" && version.find(' ') == std::string::npos) {
    full += fmt::format(" {}", kReleasedByHpe);
  }
  const auto header = [&](const std::string& body) {
    const json::Value facts = json::Object{{"component", component},
                                           {"family", part == nullptr ? model : std::string(part->family)},
                                           {"version", full},
                                           {"date", kReleased},
                                           {"size", static_cast<std::int64_t>(body.size())},
                                           {"sha256", sha256_hex(body)}};
    return fmt::format("{}{}\n", kMagic, json::dump(facts));
  };
  // The length of the header depends on the number of digits of the body's length only.
  const std::size_t overhead = header(padding(size)).size();
  const std::string body = padding(size > overhead ? size - overhead : 16);
  return header(body) + body;
}

std::string image_file_name(const std::string& model, const std::string& component, const std::string& version) {
  const ModelTraits* traits = find_traits(model);
  const ComponentTraits* part = component_traits(model, component);
  if (traits == nullptr || part == nullptr) return plain_file_stem(version) + ".bin";
  std::string stem = plain_file_stem(version);
  if (traits->hpe) stem = component == "bios" ? rom_file_stem(version) : ilo_file_stem(version, part->family);
  if (model == "xcc") stem = to_lower(std::string(part->family)) + to_lower(version);
  return fmt::format("{}{}{}", part->file_prefix, stem, part->file_suffix);
}

ImageReading read_image(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return {};
  bytes.remove_prefix(kMagic.size());
  const std::size_t end = bytes.find('\n');
  const Result<json::Value> facts = json::parse(bytes.substr(0, end));
  if (end == std::string_view::npos || !facts) return {};
  const std::string_view body = bytes.substr(end + 1);
  if (static_cast<std::int64_t>(body.size()) != (*facts)["size"].as_int().value_or(-1)) {
    return {std::nullopt, ImageFault::truncated};
  }
  if (sha256_hex(body) != facts->text("sha256")) return {std::nullopt, ImageFault::tampered};
  return {ImageInfo{std::string(facts->text("component")), std::string(facts->text("family")),
                    std::string(facts->text("version")), std::string(facts->text("date"))},
          ImageFault::foreign};
}

bool looks_like_fwpkg(std::string_view bytes) {
  return bytes.starts_with("PK\x03\x04");
}

std::optional<std::string> unpack_fwpkg(std::string_view bytes) {
  const ArchiveReader reader(archive_read_new(), &archive_read_free);
  archive_read_support_format_zip(reader.get());
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) return std::nullopt;
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
    std::string content;
    std::string block(1U << 16U, '\0');
    la_ssize_t count = 0;
    while ((count = archive_read_data(reader.get(), block.data(), block.size())) > 0) {
      content.append(block, 0, static_cast<std::size_t>(count));
    }
    if (count == 0 && content.starts_with(kMagic)) return content;
  }
  return std::nullopt;
}

Result<std::string> make_fwpkg(const std::string& model, const std::string& component, const std::string& version,
                               std::size_t size) {
  const std::string file = image_file_name(model, component, version);
  std::string package;
  const ArchiveWriter writer(archive_write_new(), &archive_write_free);
  archive_write_set_format_zip(writer.get());
  archive_write_set_bytes_in_last_block(writer.get(), 1);
  bool good = archive_write_open2(writer.get(), &package, nullptr, &append_bytes, nullptr, nullptr) == ARCHIVE_OK;
  good = good && add_entry(writer.get(), "payload.json", json::dump_pretty(payload_json(file, component, version)));
  good = good && add_entry(writer.get(), "readme.txt", "An image for simulated machines.\n");
  good = good && add_entry(writer.get(), file, make_image(model, component, version, size));
  good = good && archive_write_close(writer.get()) == ARCHIVE_OK;
  if (!good) {
    return fail(Code::lab_failed, fmt::format("cannot write {}: {}", file, archive_error_string(writer.get())));
  }
  return package;
}

std::vector<long> version_numbers(std::string_view version) {
  std::vector<long> numbers;
  std::size_t at = version.find(" v") == std::string_view::npos ? 0 : version.find(" v") + 2;
  const std::size_t end = std::min(version.find(' ', at), version.size());
  while (at < end) {
    if (std::isdigit(static_cast<unsigned char>(version[at])) == 0) {
      ++at;
      continue;
    }
    long number = 0;
    for (; at < end && std::isdigit(static_cast<unsigned char>(version[at])) != 0; ++at) {
      number = number * 10 + (version[at] - '0');
    }
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace firmform::simulators

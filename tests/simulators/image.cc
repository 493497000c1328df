// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/image.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <memory>

#include "engine/base/digest.h"
#include "engine/base/text.h"
#include "tests/simulators/captured_tree.h"
#include "tests/simulators/traits.h"

namespace firmform::simulators {
namespace {

constexpr std::string_view kMagic = "FIRMFORM-LAB-IMAGE\n";
constexpr std::string_view kCompsig = "FIRMFORM-LAB-COMPSIG\n";
constexpr std::string_view kPayload = "payload.json";
constexpr std::string_view kSmartPayload = "component.json";
constexpr std::string_view kReleased = "2025-09-15";
constexpr std::string_view kReleasedByHpe = "Sep 15 2025";

const ComponentTraits* component_traits(const std::string& model, const std::string& component) {
  const ModelTraits* traits = find_traits(model);
  if (traits == nullptr) return nullptr;
  const auto other = std::ranges::find(traits->others, component, &ComponentTraits::key);
  if (other != traits->others.end()) return &*other;
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

/// Calls `visit` with name and content of every file in a zip.
template <class Visit>
void for_each_entry(std::string_view bytes, const Visit& visit) {
  const ArchiveReader reader(archive_read_new(), &archive_read_free);
  archive_read_support_format_zip(reader.get());
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) return;
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
    const std::string name(archive_entry_pathname(entry));
    std::string content;
    std::string block(1U << 16U, '\0');
    la_ssize_t count = 0;
    while ((count = archive_read_data(reader.get(), block.data(), block.size())) > 0) {
      content.append(block, 0, static_cast<std::size_t>(count));
    }
    if (count == 0) visit(name, std::move(content));
  }
}

/// "2022-10-01" gives "Oct 01 2022".
std::string released_by_hpe(const std::string& date) {
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::vector<std::string> parts = split(date, '-');
  if (parts.size() != 3) return date;
  const auto month = static_cast<std::size_t>(std::clamp(std::atoi(parts[1].c_str()), 1, 12) - 1);
  return fmt::format("{} {} {}", kMonths[month], parts[2], parts[0]);
}

/// What the firmware inventory of that model says of a component; null when it has none.
const json::Value& inventory_item(const ModelTraits& traits, const ComponentTraits& part) {
  static const json::Value nothing;
  const auto tree = CapturedTree::load(traits.tree);
  for (const std::string& uri : tree->firmware_items()) {
    const CapturedResource* item = tree->find(uri);
    if (item != nullptr && glob_match(part.item.glob, item->body.text(part.item.property))) return item->body;
  }
  return nothing;
}

std::string_view device_name(const std::string& component, const ComponentTraits& part) {
  if (component == "bios") return "System ROM";
  return component == "bmc" ? "Integrated Lights-Out" : part.name;
}

json::Value payload_json(const std::string& model, const std::string& component, const std::string& version,
                         const std::string& updater) {
  const ModelTraits& traits = *find_traits(model);
  const ComponentTraits& part = *component_traits(model, component);
  const json::Value& oem = inventory_item(traits, part)["Oem"]["Hpe"];
  const bool by_bmc = updater == "Bmc";
  const bool bios = component == "bios";
  const bool needs_reset = component != "bmc" && part.activation != Activation::immediately;
  json::Array devices;
  for (const json::Value& target : oem["Targets"].items()) {
    const json::Object image{{"FileName", image_file_name(model, component, version)},
                             {"Order", 1},
                             {"DirectFlashOk", by_bmc},
                             {"UefiFlashable", bios || updater == "Uefi"},
                             {"PLDMImage", false},
                             {"ResetRequired", needs_reset},
                             {"DelayAfterInstallSec", 0},
                             {"InstallDurationSec", component == "bmc" ? 240 : 120}};
    devices.push_back(json::Object{
        {"DeviceName", device_name(component, part)},
        {"Target", target},
        {"Version", repository_version({component, std::string(part.family), version, std::string(kReleased)}, true)},
        {"FirmwareImages", json::Array{image}}});
  }
  return json::Object{{"Type", "Firmware"},
                      {"PackageFormat", "FWPKG"},
                      {"UpdatableBy", json::Array{updater}},
                      {"DeviceClass", oem["DeviceClass"]},
                      {"Devices", json::Object{{"Device", std::move(devices)}}}};
}

std::string digits_padded(std::string_view number, std::size_t width) {
  const std::string text(number);
  return text.size() >= width ? text : std::string(width - text.size(), '0') + text;
}

/// "4.4.4.702" gives "04.04.04.702", "6.1.4.75.0" gives "06.01.04.075".
std::string sps_version(std::string_view version) {
  std::vector<std::string> groups = split(version, '.');
  if (groups.size() > 4) groups.resize(4);
  for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = digits_padded(groups[i], i < 3 ? 2 : 3);
  return fmt::format("{}", fmt::join(groups, "."));
}

Result<std::string> zip_of(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string package;
  const ArchiveWriter writer(archive_write_new(), &archive_write_free);
  archive_write_set_format_zip(writer.get());
  archive_write_set_bytes_in_last_block(writer.get(), 1);
  bool good = archive_write_open2(writer.get(), &package, nullptr, &append_bytes, nullptr, nullptr) == ARCHIVE_OK;
  for (const auto& [name, bytes] : files) good = good && add_entry(writer.get(), name, bytes);
  good = good && archive_write_close(writer.get()) == ARCHIVE_OK;
  if (!good) return fail(Code::lab_failed, fmt::format("cannot pack: {}", archive_error_string(writer.get())));
  return package;
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
  if (traits->hpe && component == "bios") stem = rom_file_stem(version);
  if (traits->hpe && component == "bmc") stem = ilo_file_stem(version, part->family);
  if (component.starts_with("cpld")) stem = fmt::format("{0}{0}", version.substr(2));
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
  std::optional<std::string> image;
  for_each_entry(bytes, [&](std::string_view /*name*/, std::string content) {
    if (!image && content.starts_with(kMagic)) image = std::move(content);
  });
  return image;
}

FileReading read_file(std::string_view bytes) {
  FileReading reading;
  if (!looks_like_fwpkg(bytes)) {
    reading.image = read_image(bytes);
    return reading;
  }
  for_each_entry(bytes, [&](std::string_view name, const std::string& content) {
    if (name == kPayload || name == kSmartPayload) {
      reading.kind = name == kPayload ? FileReading::Kind::fwpkg : FileReading::Kind::smart_component;
      if (Result<json::Value> metadata = json::parse(content)) reading.metadata = std::move(*metadata);
    } else if (content.starts_with(kMagic)) {
      reading.image = read_image(content);
    }
  });
  // A package that does not say what it is for is none.
  if (!reading.metadata.is_object()) reading.image = {};
  return reading;
}

Result<std::string> make_fwpkg(const std::string& model, const std::string& component, const std::string& version,
                               std::size_t size, const std::string& minimum_active_version) {
  const std::string updater = component_traits(model, component)->package_by_uefi ? "Uefi" : "Bmc";
  json::Value payload = payload_json(model, component, version, updater);
  if (!minimum_active_version.empty()) payload.object().set("MinimumActiveVersion", minimum_active_version);
  return zip_of({{std::string(kPayload), json::dump_pretty(payload)},
                 {"readme.txt", "An image for simulated machines.\n"},
                 {image_file_name(model, component, version), make_image(model, component, version, size)}});
}

std::string package_file_name(const std::string& model, const std::string& component, const std::string& version) {
  const ComponentTraits* part = component_traits(model, component);
  std::string name = image_file_name(model, component, version);
  if (component == "sps") name = fmt::format("{}{}.", part->file_prefix, sps_version(version));
  if (name.ends_with(part->file_suffix)) name.resize(name.size() - part->file_suffix.size());
  if (name.ends_with('.')) name.pop_back();
  return name + ".fwpkg";
}

Result<std::string> make_smart_component(const std::string& model, const std::string& component,
                                         const std::string& version, std::size_t size, const std::string& updater) {
  return zip_of({{std::string(kSmartPayload), json::dump_pretty(payload_json(model, component, version, updater))},
                 {image_file_name(model, component, version), make_image(model, component, version, size)}});
}

std::string make_compsig(std::string_view bytes) {
  return fmt::format("{}{}\n", kCompsig, sha256_hex(bytes));
}

bool compsig_fits(std::string_view signature, std::string_view bytes) {
  return signature == make_compsig(bytes);
}

std::string repository_version(const ImageInfo& info, bool package) {
  const std::string& version = info.version;
  const std::size_t space = version.find(' ');
  if (info.component == "bmc") return version.substr(0, space);
  if (info.component.starts_with("cpld")) return version.starts_with("0x") ? version.substr(2) : version;
  if (info.component == "sps") return sps_version(version);
  if (info.component != "bios" || space == std::string::npos) return version;
  const std::string own = version.substr(space + 1);
  if (!package) return own;
  // "v2.36 (07/10/2025)" gives "2.36_07-10-2025".
  std::string text = without(own, "v()");
  std::ranges::replace(text, ' ', '_');
  std::ranges::replace(text, '/', '-');
  return text;
}

std::string inventory_version(std::string_view component, std::string_view family, std::string_view version,
                              const std::string& date) {
  if (component == "bmc") return fmt::format("{} {}", version, released_by_hpe(date));
  if (component.starts_with("cpld")) return fmt::format("0x{}", version);
  if (component == "bios") {
    if (version.starts_with('v')) return fmt::format("{} {}", family, version);
    std::string released(version.substr(version.find('_') + 1));
    std::ranges::replace(released, '-', '/');
    return fmt::format("{} v{} ({})", family, version.substr(0, version.find('_')), released);
  }
  if (component != "sps") return std::string(version);
  std::vector<std::string> groups = split(version, '.');
  for (std::string& group : groups) group.erase(0, std::min(group.find_first_not_of('0'), group.size() - 1));
  return fmt::format("{}", fmt::join(groups, "."));
}

std::vector<long> version_numbers(std::string_view version) {
  if (version.starts_with("0x")) return {std::strtol(std::string(version).c_str(), nullptr, 16)};
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

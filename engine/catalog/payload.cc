// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/payload.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <span>

#include "engine/base/text.h"
#include "engine/json/value.h"

namespace firmform::catalog {
namespace {

constexpr std::int64_t kLongestInstallSeconds = std::int64_t{24} * 60 * 60;

const json::Value& member(const json::Value& value, std::string_view key) {
  static const json::Value kAbsent;
  for (const json::Member& candidate : value.members()) {
    if (equals_ignoring_case(candidate.key, key)) return candidate.value;
  }
  return kAbsent;
}

std::string text(const json::Value& value, std::string_view key) {
  const std::string* found = member(value, key).as_string();
  return found == nullptr ? std::string() : std::string(trim(*found));
}

/// Booleans come as such and as "true" or "yes".
bool flag(const json::Value& value, std::string_view key) {
  if (const auto found = member(value, key).as_bool()) return *found;
  const std::string word = text(value, key);
  return equals_ignoring_case(word, "true") || equals_ignoring_case(word, "yes");
}

/// Seconds come as numbers and as text; what is neither, or makes no sense, is 0.
std::int64_t seconds(const json::Value& value) {
  std::int64_t count = 0;
  if (const auto number = value.as_int()) count = *number;
  if (const std::string* digits = value.as_string(); digits != nullptr) {
    std::from_chars(digits->data(), digits->data() + digits->size(), count);
  }
  return std::clamp<std::int64_t>(count, 0, kLongestInstallSeconds);
}

/// Lists of one are sometimes written as the one.
std::span<const json::Value> list(const json::Value& value) {
  if (value.is_array()) return value.items();
  if (value.is_null()) return {};
  return {&value, 1};
}

void read_updaters(const json::Value& payload, PackageMetadata& metadata) {
  for (const json::Value& entry : list(member(payload, "UpdatableBy"))) {
    const std::string* name = entry.as_string();
    if (name == nullptr) continue;
    metadata.updatable_by_bmc |= equals_ignoring_case(*name, "Bmc");
    metadata.updatable_by_uefi |= equals_ignoring_case(*name, "Uefi");
    metadata.updatable_by_agent |= equals_ignoring_case(*name, "RuntimeAgent");
  }
}

/// Adds one device. The first image of the first device speaks for the way of flashing, as HPE's own tool takes it.
void read_device(const json::Value& device, PackageMetadata& metadata) {
  const bool first_device = metadata.devices.empty();
  metadata.devices.push_back({text(device, "DeviceName"), to_lower(text(device, "Target")), text(device, "Version")});
  const auto images = list(member(device, "FirmwareImages"));
  if (first_device && !images.empty()) {
    metadata.direct_flash = flag(images.front(), "DirectFlashOk");
    metadata.uefi_flashable = flag(images.front(), "UefiFlashable");
  }
  std::int64_t duration = 0;
  for (const json::Value& image : images) {
    metadata.reset_required |= flag(image, "ResetRequired");
    duration += seconds(member(image, "InstallDurationSec")) + seconds(member(image, "DelayAfterInstallSec"));
  }
  const auto longest = std::max<std::int64_t>(metadata.install_seconds, duration);
  metadata.install_seconds = static_cast<int>(std::min(longest, kLongestInstallSeconds));
}

/// Packages of 2025 say once, in another style, what older ones say of each image.
void read_installation(const json::Value& payload, PackageMetadata& metadata) {
  const json::Value& installation = member(member(payload, "package"), "installation");
  metadata.reset_required |= flag(installation, "reboot_required");
  if (metadata.install_seconds > 0) return;
  metadata.install_seconds = static_cast<int>(seconds(member(installation, "per_device_install_time_seconds")));
}

}  // namespace

Result<PackageMetadata> parse_payload(std::string_view document) {
  const Result<json::Value> payload = json::parse(document);
  if (!payload) {
    return fail(Error(Code::package_malformed, "payload.json is not valid JSON").with_note(payload.error().message()));
  }
  if (!payload->is_object()) return fail(Code::package_malformed, "payload.json is not a JSON object");
  PackageMetadata metadata{.format = text(*payload, "PackageFormat"),
                           .device_class = to_lower(text(*payload, "DeviceClass")),
                           .minimum_version = text(*payload, "MinimumActiveVersion")};
  read_updaters(*payload, metadata);
  for (const json::Value& device : list(member(member(*payload, "Devices"), "Device"))) {
    if (!device.is_object()) return fail(Code::package_malformed, "a device in payload.json is not a JSON object");
    read_device(device, metadata);
  }
  if (metadata.devices.empty()) return fail(Code::package_malformed, "payload.json names no device");
  read_installation(*payload, metadata);
  return metadata;
}

}  // namespace firmform::catalog

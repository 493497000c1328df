// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/text.h"

namespace firmform::catalog {
namespace {

struct Named {
  std::string_view guid;  ///< or its beginning
  std::string_view name;
};

/// iLO 6 and 7 have a variant of the silicon in the third digit from the end, so only the beginning is theirs.
constexpr std::array kIlos{
    Named{"4764a662-b342-4fc7-9ce9-258c5d99e815", "iLO 5"},
    Named{"c0bcf2b9-1141-49af-aab8-c73791f0349c", "iLO 5"},
    Named{"e6d3c844-14a6-4f1f-84a3-c0601391", "iLO 6"},
    Named{"fb2b2f91-c952-4288-8389-21dee30e", "iLO 7"},
};

constexpr std::array kClasses{
    Named{"2f317b9d-c9e3-4d76-bff6-b9d0d085a952", "iLO"},
    Named{"aa148d2e-6e09-453e-bc6f-63baa5f5ccc4", "System ROM"},
    Named{"b8f46d06-85db-465c-94fb-d106e61378ed", "Intelligent Platform Abstraction Data"},
    Named{"b1ad439a-9dd1-41c1-a496-2da9313f1f07", "Programmable Logic Device"},
    Named{"9e48a28a-586c-4519-8405-a04f84e27f0f", "Power Management Controller"},
    Named{"6bb86077-0275-4614-aae1-86618e8b1c27", "Power Supply"},
    Named{"c734e171-8721-48c9-9ed6-d5bc7da5ef8d", "Innovation Engine"},
    Named{"b34e5677-21dc-45d3-872b-42f76fee9053", "Server Platform Services"},
    Named{"3f30a329-d03c-46b8-8f0e-9567fad4ea9f", "Server Platform Services Descriptor"},
    Named{"fcbe6477-5c25-4488-b197-695bb8123b11", "TPM"},
    Named{"ac963eeb-ed78-4f36-c18c-29d85f34a0ac", "Intelligent Provisioning"},
    Named{"f6de0320-2e0f-489a-b238-6dd8ae7c3811", "Drive"},
    Named{"4149ebb7-d64b-4654-b679-4280f349ea50", "Backplane Manager"},
    Named{"79f0c163-0c13-4662-9dea-09235fef90cb", "PCI option"},
};

constexpr std::string_view kRomFamily = "00000000-0000-0000-0000-000001";
constexpr std::string_view kPlatform = "00000000-0000-0000-0000-000000000";
constexpr std::string_view kPci = "a6b1a447-382a-5a4f-";
constexpr std::size_t kGuidLength = 36;

std::optional<unsigned char> byte_at(std::string_view hex, std::size_t place) {
  unsigned value = 0;
  for (const char c : hex.substr(place, 2)) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = c >= 'a' && c <= 'f';
    if (!digit && !letter) return std::nullopt;
    value = value * 16 + static_cast<unsigned>(digit ? c - '0' : c - 'a' + 10);
  }
  return static_cast<unsigned char>(value);
}

/// The 16 bytes as they stood before they were written as a GUID, whose first three groups are byte-swapped.
std::vector<unsigned char> bytes_of(std::string_view guid) {
  constexpr std::array kPlaces{6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34};
  std::vector<unsigned char> bytes;
  for (const int place : kPlaces) {
    const auto byte = byte_at(guid, static_cast<std::size_t>(place));
    if (!byte) return {};
    bytes.push_back(*byte);
  }
  return bytes;
}

bool is_word_character(unsigned char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// The model of a drive: 13 characters behind the mark A5 40 23.
std::string drive_of(std::string_view guid) {
  constexpr std::array<unsigned char, 3> kMark{0xa5, 0x40, 0x23};
  const std::vector<unsigned char> bytes = bytes_of(guid);
  if (bytes.size() != 16 || !std::equal(kMark.begin(), kMark.end(), bytes.begin())) return {};
  if (!std::all_of(bytes.begin() + 3, bytes.end(), is_word_character)) return {};
  return {bytes.begin() + 3, bytes.end()};
}

}  // namespace

std::string rom_family_of(std::string_view guid) {
  const std::string lower = to_lower(guid);
  if (lower.size() != kGuidLength || !lower.starts_with(kRomFamily)) return {};
  std::string family;
  for (std::size_t place = kRomFamily.size(); place < lower.size(); place += 2) {
    const auto byte = byte_at(lower, place);
    if (!byte || !is_word_character(*byte)) return {};
    family += static_cast<char>(*byte);
  }
  return family;
}

std::string_view ilo_generation_of(std::string_view guid) {
  const std::string lower = to_lower(guid);
  const auto found = std::ranges::find_if(kIlos, [&](const Named& ilo) { return lower.starts_with(ilo.guid); });
  return found == kIlos.end() ? std::string_view() : found->name;
}

std::string describe_target(std::string_view guid) {
  const std::string lower = to_lower(guid);
  if (lower.size() != kGuidLength) return printable(guid);
  if (const auto ilo = ilo_generation_of(lower); !ilo.empty()) return std::string(ilo);
  if (const std::string family = rom_family_of(lower); !family.empty()) return "ROM family " + family;
  if (lower.starts_with(kPlatform)) return "platform " + lower.substr(kPlatform.size());
  if (lower.starts_with(kPci)) {
    const std::string_view ids = std::string_view(lower).substr(kPci.size());
    return fmt::format("PCI {}:{} {}:{}", ids.substr(0, 4), ids.substr(5, 4), ids.substr(9, 4), ids.substr(13, 4));
  }
  if (const std::string drive = drive_of(lower); !drive.empty()) return "drive " + drive;
  return printable(lower);
}

std::string describe_device_class(std::string_view guid) {
  const auto is_it = [&](const Named& known) { return equals_ignoring_case(known.guid, guid); };
  const auto found = std::ranges::find_if(kClasses, is_it);
  return found == kClasses.end() ? printable(guid) : std::string(found->name);
}

}  // namespace firmform::catalog

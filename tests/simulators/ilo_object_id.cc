// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/ilo_object_id.h"

#include <fmt/format.h>

#include <bit>

namespace firmform::simulators {
namespace {

constexpr std::uint32_t kFirst = 0xcc9e2d51U;
constexpr std::uint32_t kSecond = 0x1b873593U;

std::uint32_t scrambled(std::uint32_t block) {
  return std::rotl(block * kFirst, 15) * kSecond;
}

/// Up to four bytes, the first one lowest.
std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t block = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    block |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8U * i);
  }
  return block;
}

}  // namespace

std::uint32_t ilo_hash(std::string_view key) {
  std::uint32_t hash = 0;
  std::string_view rest = key;
  for (; rest.size() >= 4; rest.remove_prefix(4)) {
    hash = std::rotl(hash ^ scrambled(little_endian(rest.substr(0, 4))), 13) * 5U + 0xe6546b64U;
  }
  if (!rest.empty()) hash ^= scrambled(little_endian(rest));
  hash ^= static_cast<std::uint32_t>(key.size());
  hash = (hash ^ (hash >> 16U)) * 0x85ebca6bU;
  hash = (hash ^ (hash >> 13U)) * 0xc2b2ae35U;
  return hash ^ (hash >> 16U);
}

std::string ilo_object_id(std::string_view key) {
  const std::uint32_t hash = ilo_hash(key);
  return fmt::format("{:02x}{:02x}{:02x}{:02x}", hash & 0xffU, (hash >> 8U) & 0xffU, (hash >> 16U) & 0xffU,
                     hash >> 24U);
}

}  // namespace firmform::simulators

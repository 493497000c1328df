// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/object_id.h"

#include <fmt/format.h>

#include <bit>

namespace firmform::hpe {
namespace {

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

std::uint32_t scrambled(std::uint32_t block) {
  return std::rotl(block * 0xcc9e2d51U, 15) * 0x1b873593U;
}

std::uint32_t finished(std::uint32_t hash) {
  hash = (hash ^ (hash >> 16U)) * 0x85ebca6bU;
  hash = (hash ^ (hash >> 13U)) * 0xc2b2ae35U;
  return hash ^ (hash >> 16U);
}

}  // namespace

std::uint32_t murmur3(std::string_view bytes) {
  constexpr std::size_t kBlock = 4;
  const std::size_t whole = bytes.size() - bytes.size() % kBlock;
  std::uint32_t hash = 0;
  for (std::size_t at = 0; at < whole; at += kBlock) {
    const std::uint32_t block = byte_at(bytes, at) | byte_at(bytes, at + 1) << 8U | byte_at(bytes, at + 2) << 16U |
                                byte_at(bytes, at + 3) << 24U;
    hash = std::rotl(hash ^ scrambled(block), 13) * 5U + 0xe6546b64U;
  }
  std::uint32_t tail = 0;
  for (std::size_t at = bytes.size(); at > whole; --at) tail = tail << 8U | byte_at(bytes, at - 1);
  if (whole != bytes.size()) hash ^= scrambled(tail);
  return finished(hash ^ static_cast<std::uint32_t>(bytes.size()));
}

std::string object_id(std::string_view name) {
  const std::uint32_t hash = murmur3(name);
  return fmt::format("{:02x}{:02x}{:02x}{:02x}", hash & 0xffU, hash >> 8U & 0xffU, hash >> 16U & 0xffU, hash >> 24U);
}

std::string member_uri(std::string_view collection_uri, std::string_view name) {
  while (collection_uri.ends_with('/')) collection_uri.remove_suffix(1);
  return fmt::format("{}/{}", collection_uri, object_id(name));
}

}  // namespace firmform::hpe

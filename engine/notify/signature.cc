// SPDX-License-Identifier: Apache-2.0
#include "engine/notify/signature.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <new>

namespace firmform::notify {

std::string signature_of(std::string_view body, const Secret& key) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  const std::string_view secret = key.reveal();
  const auto* bytes = reinterpret_cast<const unsigned char*>(body.data());  // NOLINT: bytes are bytes
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes, body.size(), digest.data(), &size) ==
      nullptr) {
    throw std::bad_alloc();
  }
  std::string text = "sha256=";
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace firmform::notify

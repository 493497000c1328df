// SPDX-License-Identifier: Apache-2.0
// Keys for tests, made anew each time.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace firmform::tests {

/// Writes NAME.pem and NAME.pub of a new pair. `type` as OpenSSL spells it.
inline void make_key(const std::filesystem::path& directory, const std::string& name, const char* type = "ED25519",
                     const char* passphrase = nullptr) {
  const bool is_curve = std::string(type) == "EC";
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      is_curve ? EVP_PKEY_Q_keygen(nullptr, nullptr, type, "P-256") : EVP_PKEY_Q_keygen(nullptr, nullptr, type),
      &EVP_PKEY_free);
  const auto open = [&](const std::string& ending) {
    return std::unique_ptr<BIO, decltype(&BIO_free)>(BIO_new_file((directory / (name + ending)).c_str(), "w"),
                                                     &BIO_free);
  };
  PEM_write_bio_PUBKEY(open(".pub").get(), key.get());
  const int length = passphrase == nullptr ? 0 : static_cast<int>(std::string(passphrase).size());
  PEM_write_bio_PKCS8PrivateKey(open(".pem").get(), key.get(), passphrase == nullptr ? nullptr : EVP_aes_256_cbc(),
                                passphrase, length, nullptr, nullptr);
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// Ed25519 keys in PEM files, and what is signed with them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace firmform::sign {

inline constexpr std::size_t kSignatureBytes = 64;

/// A key as OpenSSL holds it, and its name.
class Key {
 public:
  /// SHA-256 of the public key (SubjectPublicKeyInfo, DER), 64 lower-case hexadecimal digits; the same for both halves
  /// of a pair, and what `openssl pkey -pubin -outform DER | sha256sum` prints.
  [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }

 protected:
  explicit Key(std::shared_ptr<void> key);
  [[nodiscard]] void* get() const { return key_.get(); }

 private:
  std::shared_ptr<void> key_;  ///< an EVP_PKEY
  std::string fingerprint_;
};

class PublicKey : public Key {
 public:
  /// Fails with key_unreadable, saying what the file holds instead.
  [[nodiscard]] static Result<PublicKey> read(const std::filesystem::path& path);
  /// Whether `signature` is this key's over exactly these bytes.
  [[nodiscard]] bool verifies(std::string_view bytes, std::string_view signature) const;

 private:
  using Key::Key;
};

class PrivateKey : public Key {
 public:
  /// As above. A key that is protected by a passphrase is refused: nobody is asked.
  [[nodiscard]] static Result<PrivateKey> read(const std::filesystem::path& path);
  /// kSignatureBytes bytes; the same for the same bytes.
  [[nodiscard]] std::string sign(std::string_view bytes) const;

 private:
  using Key::Key;
};

}  // namespace firmform::sign

// SPDX-License-Identifier: Apache-2.0
#include "engine/sign/ed25519.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <utility>

#include "engine/base/digest.h"

namespace firmform::sign {
namespace {

namespace fs = std::filesystem;

using File = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Reader = EVP_PKEY* (*)(BIO*, EVP_PKEY**, pem_password_cb*, void*);

/// OpenSSL would ask on the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

File open(const fs::path& path) {
  return {BIO_new_file(path.c_str(), "r"), &BIO_free};
}

std::shared_ptr<EVP_PKEY> read_with(Reader reader, const fs::path& path) {
  const File file = open(path);
  EVP_PKEY* key = file ? reader(file.get(), nullptr, &no_passphrase, nullptr) : nullptr;
  ERR_clear_error();
  return {key, &EVP_PKEY_free};
}

/// "PUBLIC KEY" of the line that begins the PEM block; empty when there is none.
std::string label_of(const fs::path& path) {
  const File file = open(path);
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long length = 0;
  std::string label;
  if (file && PEM_read_bio(file.get(), &name, &header, &data, &length) == 1) label = name;
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_clear_free(data, length > 0 ? static_cast<std::size_t>(length) : 0);
  ERR_clear_error();
  return label;
}

Error unreadable(const fs::path& path, std::string_view wanted) {
  std::error_code problem;
  if (!fs::exists(path, problem)) return {Code::key_unreadable, fmt::format("there is no file {}", path.string())};
  const std::string label = label_of(path);
  if (label.empty()) {
    return {Code::key_unreadable, fmt::format("{} cannot be read, or is no PEM file", path.string())};
  }
  if (label.find("ENCRYPTED") != std::string::npos) {
    return Error(Code::key_unreadable, fmt::format("the key in {} is protected by a passphrase", path.string()))
        .with_help(
            "keep the key in a file that only you can read, without a passphrase: `openssl pkey -in IN -out OUT`");
  }
  Error error(Code::key_unreadable, fmt::format("{} holds a {}, and a {} is needed", path.string(), label, wanted));
  if (wanted != "PUBLIC KEY" || label.find("PRIVATE") == std::string::npos) return error;
  return error.with_help(
      fmt::format("write its public half: `openssl pkey -in {} -pubout -out PUBLIC.pem`", path.string()));
}

Result<std::shared_ptr<EVP_PKEY>> read_key(Reader reader, const fs::path& path, std::string_view wanted) {
  std::shared_ptr<EVP_PKEY> key = read_with(reader, path);
  if (!key) return fail(unreadable(path, wanted));
  if (EVP_PKEY_get_id(key.get()) == EVP_PKEY_ED25519) return key;
  const char* type = EVP_PKEY_get0_type_name(key.get());
  return fail(Code::key_unreadable, fmt::format("the key in {} is of type {}, and plans are signed with Ed25519",
                                                path.string(), type == nullptr ? "unknown" : type));
}

std::string fingerprint_of(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key, &der);
  std::string digest;
  if (length > 0) digest = sha256_hex({reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  return digest;
}

}  // namespace

Key::Key(std::shared_ptr<void> key)
    : key_(std::move(key)), fingerprint_(fingerprint_of(static_cast<EVP_PKEY*>(key_.get()))) {}

Result<PublicKey> PublicKey::read(const fs::path& path) {
  auto key = read_key(&PEM_read_bio_PUBKEY, path, "PUBLIC KEY");
  if (!key) return fail(key.error());
  return PublicKey(std::move(*key));
}

bool PublicKey::verifies(std::string_view bytes, std::string_view signature) const {
  if (signature.size() != kSignatureBytes) return false;
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const bool good =
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, static_cast<EVP_PKEY*>(get())) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(bytes), bytes.size()) == 1;
  ERR_clear_error();
  return good;
}

Result<PrivateKey> PrivateKey::read(const fs::path& path) {
  auto key = read_key(&PEM_read_bio_PrivateKey, path, "PRIVATE KEY");
  if (!key) return fail(key.error());
  return PrivateKey(std::move(*key));
}

std::string PrivateKey::sign(std::string_view bytes) const {
  std::array<unsigned char, kSignatureBytes> signature{};
  std::size_t length = signature.size();
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, static_cast<EVP_PKEY*>(get()));
  EVP_DigestSign(context.get(), signature.data(), &length, bytes_of(bytes), bytes.size());
  return {reinterpret_cast<const char*>(signature.data()), length};
}

}  // namespace firmform::sign

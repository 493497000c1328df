// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/ansible_vault.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/text.h"

namespace firmform::apply {
namespace {

constexpr std::string_view kMagic = "$ANSIBLE_VAULT;";
constexpr std::size_t kLargest = 8U << 20U;
constexpr std::size_t kBlock = 16;
constexpr std::size_t kLongestSalt = 1024;
constexpr int kIterations = 10'000;

using Bytes = std::string;

Error unopened(std::string what) {
  return {Code::credentials_unavailable, std::move(what)};
}

Error damaged(std::string_view how) {
  return unopened(fmt::format("the vault is damaged: {}", how)).with_help("restore the file, or encrypt it again");
}

const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* data_of(Bytes& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

/// Bytes that are wiped at the end.
struct Wiped {
  explicit Wiped(Bytes content) : bytes(std::move(content)) {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  Bytes bytes;
};

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<Bytes> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = digit_of(digits[i]);
    const int low = digit_of(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

/// "$ANSIBLE_VAULT;1.2;AES256;label"
Status check_header(std::string_view line) {
  const std::vector<std::string> parts = split(trim(line), ';');
  const bool complete = parts.size() >= 3;
  const std::string version = complete ? std::string(trim(parts[1])) : std::string();
  const std::string cipher = complete ? std::string(trim(parts[2])) : std::string();
  if (!complete) return fail(damaged("its first line is incomplete"));
  if ((version == "1.1" || version == "1.2") && cipher == "AES256") return {};
  return fail(unopened(fmt::format("the vault is of format {} under {}, and 1.1 and 1.2 under AES256 are known",
                                   printable(version), printable(cipher)))
                  .with_help("rewrite it with a current `ansible-vault rekey`"));
}

/// The parts of a vault, in bytes.
struct Envelope {
  Bytes salt;
  Bytes mac;
  Bytes ciphertext;
};

/// All lines of hexadecimal digits after the header.
std::optional<std::string> joined_digits(std::string_view body) {
  std::string digits;
  for (const std::string& line : split(body, '\n')) digits += trim(line);
  return digits.empty() ? std::nullopt : std::optional(std::move(digits));
}

Result<Envelope> read_envelope(std::string_view body) {
  const auto digits = joined_digits(body);
  if (!digits) return fail(damaged("nothing follows its first line"));
  const auto inner = from_hex(*digits);
  if (!inner) return fail(damaged("it is cut off, or has characters other than hexadecimal digits"));
  const std::vector<std::string> parts = split(*inner, '\n');
  if (parts.size() != 3) return fail(damaged("it is cut off, or not what `ansible-vault` writes"));
  auto salt = from_hex(parts[0]);
  auto mac = from_hex(parts[1]);
  auto ciphertext = from_hex(parts[2]);
  constexpr std::size_t kMac = 32;
  if (!salt || salt->empty() || salt->size() > kLongestSalt || !mac || mac->size() != kMac) {
    return fail(damaged("its salt or its checksum is malformed"));
  }
  if (!ciphertext || ciphertext->empty() || ciphertext->size() % kBlock != 0) return fail(damaged("it is cut off"));
  return Envelope{std::move(*salt), std::move(*mac), std::move(*ciphertext)};
}

/// What the password and the salt give: keys for cipher and checksum, and the first counter.
class Keys {
 public:
  static std::optional<Keys> derive(std::string_view password, std::string_view salt) {
    Keys keys;
    const int derived =
        PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), data_of(salt),
                          static_cast<int>(salt.size()), kIterations, EVP_sha256(), kAll, keys.bytes_.data());
    return derived == 1 ? std::optional(std::move(keys)) : std::nullopt;
  }
  Keys(Keys&&) = default;
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;
  Keys& operator=(Keys&&) = delete;
  ~Keys() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  [[nodiscard]] const unsigned char* cipher() const { return bytes_.data(); }
  [[nodiscard]] const unsigned char* checksum() const { return bytes_.data() + kKey; }
  [[nodiscard]] const unsigned char* counter() const { return bytes_.data() + 2 * kKey; }
  static constexpr int kKey = 32;

 private:
  static constexpr int kAll = 2 * kKey + static_cast<int>(kBlock);
  Keys() = default;
  std::array<unsigned char, kAll> bytes_{};
};

bool authentic(const Envelope& envelope, const Keys& keys) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int length = 0;
  if (HMAC(EVP_sha256(), keys.checksum(), Keys::kKey, data_of(envelope.ciphertext), envelope.ciphertext.size(),
           mac.data(), &length) == nullptr) {
    return false;
  }
  return length == envelope.mac.size() && CRYPTO_memcmp(mac.data(), envelope.mac.data(), length) == 0;
}

/// PKCS #7 padding, cut off in place. False when there is none.
bool cut_padding(Bytes& bytes) {
  const auto count = static_cast<std::size_t>(static_cast<unsigned char>(bytes.back()));
  if (count == 0 || count > kBlock || count > bytes.size()) return false;
  for (std::size_t i = bytes.size() - count; i < bytes.size(); ++i) {
    if (bytes[i] != bytes.back()) return false;
  }
  bytes.resize(bytes.size() - count);
  return true;
}

std::optional<Secret> decrypted(const Bytes& ciphertext, const Keys& keys) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                &EVP_CIPHER_CTX_free);
  Wiped plain(Bytes(ciphertext.size(), '\0'));
  int length = 0;
  const bool done =
      context && EVP_DecryptInit_ex2(context.get(), EVP_aes_256_ctr(), keys.cipher(), keys.counter(), nullptr) == 1 &&
      EVP_DecryptUpdate(context.get(), data_of(plain.bytes), &length, data_of(ciphertext),
                        static_cast<int>(ciphertext.size())) == 1;
  ERR_clear_error();
  if (!done || static_cast<std::size_t>(length) != ciphertext.size() || !cut_padding(plain.bytes)) return std::nullopt;
  return Secret(plain.bytes);
}

}  // namespace

bool is_ansible_vault(std::string_view text) {
  return trim(text).starts_with(kMagic);
}

Result<Secret> open_ansible_vault(std::string_view text, const Secret& password) {
  text = trim(text);
  if (text.size() > kLargest) {
    return fail(unopened(fmt::format("the vault has {} bytes; the limit is {}", text.size(), kLargest)));
  }
  if (!is_ansible_vault(text)) return fail(unopened("it is not encrypted with `ansible-vault`"));
  const std::size_t line_end = std::min(text.find('\n'), text.size());
  const Status header = check_header(text.substr(0, line_end));
  if (!header) return fail(header.error());
  const auto envelope = read_envelope(text.substr(line_end));
  if (!envelope) return fail(envelope.error());
  const auto keys = Keys::derive(password.reveal(), envelope->salt);
  if (!keys || !authentic(*envelope, *keys)) {
    return fail(unopened("the password does not open the vault, or the vault was altered")
                    .with_help("try `ansible-vault view` with the password that `unlock` names"));
  }
  auto plain = decrypted(envelope->ciphertext, *keys);
  if (!plain) return fail(damaged("what is inside is not padded as `ansible-vault` does"));
  return std::move(*plain);
}

}  // namespace firmform::apply

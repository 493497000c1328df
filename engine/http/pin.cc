// SPDX-License-Identifier: Apache-2.0
#include "engine/http/pin.h"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>

#include "engine/base/text.h"

namespace firmform::http {
namespace {

constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kBase64Length = 44;

std::optional<std::string> decode_hex(std::string_view digits) {
  if (digits.size() != 2 * kDigestBytes) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned value = 0;
    const char* const last = digits.data() + i + 2;
    const auto [end, error] = std::from_chars(digits.data() + i, last, value, 16);
    if (error != std::errc() || end != last) return std::nullopt;
    bytes.push_back(static_cast<char>(value));
  }
  return bytes;
}

bool is_base64_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/// 43 digits and one '='. The last digit carries four bits, so only every fourth one is canonical.
bool is_digest_in_base64(std::string_view text) {
  if (text.size() != kBase64Length || text.back() != '=') return false;
  const std::string_view digits = text.substr(0, kBase64Length - 1);
  constexpr std::string_view kLastDigits = "AEIMQUYcgkosw048";
  return std::ranges::all_of(digits, is_base64_digit) && kLastDigits.find(digits.back()) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> normalize_pin(std::string_view text) {
  text = trim(text);
  for (const std::string_view prefix : {"sha256//", "sha256:", "SHA256:"}) {
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  }
  std::string digits(text);
  std::erase(digits, ':');
  if (const auto bytes = decode_hex(digits)) return base64(*bytes);

  std::string padded(text);
  if (padded.size() == kBase64Length - 1) padded.push_back('=');
  if (!is_digest_in_base64(padded)) return std::nullopt;
  return padded;
}

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // EVP_EncodeBlock ends its output with a NUL
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace firmform::http

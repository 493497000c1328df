// SPDX-License-Identifier: Apache-2.0
#include "engine/sign/signature_file.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>

#include "engine/base/text.h"
#include "engine/sign/ed25519.h"

namespace firmform::sign {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstLine = "firmform plan signatures v1";
constexpr std::string_view kAlgorithm = "ed25519";
constexpr std::size_t kMostBytes = 64 * 1024;
constexpr std::size_t kFingerprintDigits = 64;
constexpr std::size_t kEncodedBytes = 88;  ///< of kSignatureBytes in base64

std::string encode(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3), '\0');
  std::string buffer(text.size() + 1, '\0');  // OpenSSL ends it with a zero
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(buffer.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return buffer.substr(0, text.size());
}

/// Of one signature; empty for any other text.
std::optional<std::string> decode(std::string_view text) {
  if (text.size() != kEncodedBytes) return std::nullopt;
  std::string bytes(kEncodedBytes / 4 * 3, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  bytes.resize(kSignatureBytes);
  // One spelling for each signature: what is written again must be the same.
  return encode(bytes) == text ? std::optional(bytes) : std::nullopt;
}

bool is_fingerprint(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == kFingerprintDigits && std::ranges::all_of(text, is_digit);
}

std::optional<Signature> parse_line(std::string_view line) {
  const std::vector<std::string> words = split(line, ' ');
  if (words.size() != 3 || words[0] != kAlgorithm || !is_fingerprint(words[1])) return std::nullopt;
  auto bytes = decode(words[2]);
  if (!bytes) return std::nullopt;
  return Signature{.key = words[1], .bytes = std::move(*bytes)};
}

Error malformed(std::size_t line) {
  return {Code::signature_invalid, fmt::format("line {} is no signature", line)};
}

/// Fails when there is something of that name already, so that no link is followed.
std::error_code write_new(const fs::path& path, const std::string& text) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wxe"), &std::fclose);
  const bool good =
      file && std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() && std::fflush(file.get()) == 0;
  return good ? std::error_code() : std::error_code(errno, std::generic_category());
}

}  // namespace

fs::path signature_path(const fs::path& plan) {
  return plan.string() + ".sig";
}

std::string to_text(const std::vector<Signature>& signatures) {
  std::string text = fmt::format("{}\n", kFirstLine);
  for (const Signature& signature : signatures) {
    text += fmt::format("{} {} {}\n", kAlgorithm, signature.key, encode(signature.bytes));
  }
  return text;
}

Result<std::vector<Signature>> parse(std::string_view text) {
  if (text.size() > kMostBytes) return fail(Code::signature_invalid, "the file is too long for one of signatures");
  if (!text.ends_with('\n')) return fail(Code::signature_invalid, "the file is cut off");
  const std::vector<std::string> lines = split(text.substr(0, text.size() - 1), '\n');
  if (lines.front() != kFirstLine) {
    return fail(Code::signature_invalid, fmt::format("the file does not begin with \"{}\"", kFirstLine));
  }
  std::vector<Signature> signatures;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    auto signature = parse_line(lines[i]);
    if (!signature) return fail(malformed(i + 1));
    signatures.push_back(std::move(*signature));
  }
  return signatures;
}

Result<std::vector<Signature>> read_signatures(const fs::path& path) {
  std::error_code problem;
  if (!fs::exists(path, problem)) return std::vector<Signature>{};
  std::ifstream file(path, std::ios::binary);
  std::string text(kMostBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.empty()) return fail(Code::signature_invalid, fmt::format("{} cannot be read, or is empty", path.string()));
  auto signatures = parse(text);
  if (!signatures) return fail(signatures.error().with_context(path.string()));
  return signatures;
}

Status write_signatures(const fs::path& path, const std::vector<Signature>& signatures) {
  const fs::path beside = path.string() + ".new";
  std::error_code problem;
  fs::remove(beside, problem);
  problem = write_new(beside, to_text(signatures));
  if (!problem) fs::rename(beside, path, problem);
  if (!problem) return {};
  std::error_code ignored;
  fs::remove(beside, ignored);
  return fail(Code::plan_unwritable, fmt::format("{} cannot be written: {}", path.string(), problem.message()));
}

}  // namespace firmform::sign

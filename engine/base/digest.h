// SPDX-License-Identifier: Apache-2.0
// SHA-256, of a text or of a file read in pieces.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace firmform {

/// Streaming hasher; `hex()` may be called once.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void update(std::string_view bytes);
  /// 64 lower-case hexadecimal digits.
  [[nodiscard]] std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::string sha256_hex(std::string_view bytes);

struct FileDigest {
  std::uintmax_t size = 0;
  std::string sha256;
};

/// Reads the file once; constant memory. Fails with image_unreadable.
[[nodiscard]] Result<FileDigest> digest_file(const std::filesystem::path& path);

}  // namespace firmform

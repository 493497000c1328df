// SPDX-License-Identifier: Apache-2.0
// The signatures beside a plan, PLAN.sig: text, a line for each.
//
//   firmform plan signatures v1
//   ed25519 KEY SIGNATURE
//
// KEY is the fingerprint of the key, SIGNATURE the 64 bytes over exactly the bytes of the plan file, in base64.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace firmform::sign {

struct Signature {
  std::string key;  ///< fingerprint
  std::string bytes;
  bool operator==(const Signature&) const = default;
};

/// PLAN.sig of PLAN.
[[nodiscard]] std::filesystem::path signature_path(const std::filesystem::path& plan);

[[nodiscard]] std::string to_text(const std::vector<Signature>& signatures);
/// Fails with signature_invalid, saying which line is none.
[[nodiscard]] Result<std::vector<Signature>> parse(std::string_view text);

/// None when there is no such file. Fails as parse does, also for a file that cannot be read.
[[nodiscard]] Result<std::vector<Signature>> read_signatures(const std::filesystem::path& path);
/// Puts the file into place at once, so that a reader never sees half of it. Fails with plan_unwritable.
[[nodiscard]] Status write_signatures(const std::filesystem::path& path, const std::vector<Signature>& signatures);

}  // namespace firmform::sign

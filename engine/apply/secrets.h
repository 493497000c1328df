// SPDX-License-Identifier: Apache-2.0
// Where passwords come from: environment, file, command. Asked once per source and run.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/base/result.h"
#include "engine/base/secret.h"
#include "engine/manifest/manifest.h"

namespace firmform::apply {

class Secrets {
 public:
  /// Relative paths are relative to `directory`, and commands run there.
  explicit Secrets(std::filesystem::path directory);
  /// Blocks while a command runs (at most a minute). A trailing line end is cut off. Fails with
  /// credentials_unavailable; the message never holds what the source printed.
  [[nodiscard]] Result<Secret> resolve(const manifest::PasswordSource& source);

 private:
  std::filesystem::path directory_;
  std::map<std::string, Secret> known_;
};

}  // namespace firmform::apply

// SPDX-License-Identifier: Apache-2.0
// Where passwords come from: environment, file, command, systemd, and the vaults of others. Asked once per source and
// run.
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
  [[nodiscard]] Result<Secret> ask(const manifest::PasswordSource& source);
  [[nodiscard]] Result<Secret> from_vault_file(const manifest::PasswordSource& source);

  std::filesystem::path directory_;
  std::map<std::string, Secret> known_;
};

/// The same source with its paths made absolute by `directory`.
[[nodiscard]] manifest::PasswordSource with_absolute_paths(manifest::PasswordSource source,
                                                           const std::filesystem::path& directory);

/// Whether asking it runs a program.
[[nodiscard]] bool runs_command(const manifest::PasswordSource& source);

}  // namespace firmform::apply

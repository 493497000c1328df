// SPDX-License-Identifier: Apache-2.0
// A program that prints a secret.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace firmform::apply {

inline constexpr std::size_t kLongestSecret = 4096;  ///< bytes, of any source

/// Runs `argv` without a shell in `directory`, with this program's environment, and blocks for at most a minute. What
/// it prints is returned as it is; its standard error goes to ours. Fails with credentials_unavailable when it cannot
/// be run, does not succeed, takes too long or prints too much; the message never holds what it printed.
[[nodiscard]] Result<std::string> run_secret_command(const std::vector<std::string>& argv,
                                                     const std::filesystem::path& directory);

}  // namespace firmform::apply

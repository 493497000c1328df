// SPDX-License-Identifier: Apache-2.0
// Runs a program and takes what it prints.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"

namespace firmform::manifest {

/// Standard output of a program that is run in `directory` without a shell and without input. Its standard error is
/// thrown away, for it may hold secrets. Fails with inventory_malformed when the program cannot be run, fails, prints
/// more than `most_bytes`, or takes longer than `timeout`; then it is killed with all that it has started.
[[nodiscard]] Result<std::string> run_script(const std::vector<std::string>& argv,
                                             const std::filesystem::path& directory, Duration timeout,
                                             std::size_t most_bytes);

}  // namespace firmform::manifest

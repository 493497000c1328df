// SPDX-License-Identifier: Apache-2.0
// Runs a helper program as a filter, without a shell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace firmform::report {

/// What `arguments[0]` (looked up in PATH) writes to its standard output when fed `input`. Blocks until it
/// ends. Fails with tool_missing, or with output_failed and what it said when it does not end with 0.
[[nodiscard]] Result<std::string> run_program(const std::vector<std::string>& arguments, std::string_view input);

}  // namespace firmform::report

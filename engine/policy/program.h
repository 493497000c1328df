// SPDX-License-Identifier: Apache-2.0
// Runs programs that judge plans.
#pragma once

#include "engine/base/process.h"
#include "engine/base/result.h"

namespace firmform::policy {

using Program = process::Command;
/// How a program ended by itself, and what it wrote.
using ProgramEnd = process::Ended;

/// Blocks until it ends. Fails with policy_undecided when it does not end by itself, with a status, in time and with no
/// more output than it may have.
[[nodiscard]] Result<ProgramEnd> run(const Program& program, const process::Input& input);

}  // namespace firmform::policy

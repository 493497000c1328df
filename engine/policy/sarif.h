// SPDX-License-Identifier: Apache-2.0
// Findings out of a SARIF 2.1.0 log (OASIS). Pure; the log is untrusted.
#pragma once

#include "engine/json/value.h"
#include "engine/policy/answer.h"

namespace firmform::policy {

/// As read_answer.
[[nodiscard]] Result<std::vector<Finding>> read_sarif(const json::Value& log);

}  // namespace firmform::policy

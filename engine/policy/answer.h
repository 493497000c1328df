// SPDX-License-Identifier: Apache-2.0
// What a program that judges plans says on its standard output: the JSON of conftest, or SARIF 2.1.0. Pure; the text is
// untrusted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace firmform::policy {

struct Finding {
  enum class Level { passed, warning, failure };
  std::string
      rule;  ///< what the program calls it: "main.deny", or the id of a SARIF rule; empty: it has no name for it
  Level level = Level::passed;
  std::string message;                ///< one line; empty when passed
  std::vector<std::string> subjects;  ///< as the program names them, "web-01/SystemRomActive"
  bool operator==(const Finding&) const = default;
};

/// All findings of an answer. What passes is there once per namespace of conftest or run of SARIF, unless something was
/// found in it. Fails with policy_undecided when the text is in neither form, or says that nothing was checked.
[[nodiscard]] Result<std::vector<Finding>> read_answer(std::string_view text);

}  // namespace firmform::policy

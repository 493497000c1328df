// SPDX-License-Identifier: Apache-2.0
// The one question before anything is sent.
#pragma once

#include <string_view>

#include "engine/cli/project.h"

namespace firmform::cli {

/// True when approved: by -auto-approve, or by a person who answers `yes` to `question`. Options used: auto-approve,
/// input, json. Where nobody can be asked, that is printed and the exit code returned.
[[nodiscard]] OrExit<bool> approved(std::string_view question, const Arguments& arguments, Context& context);

}  // namespace firmform::cli

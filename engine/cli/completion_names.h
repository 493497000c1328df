// SPDX-License-Identifier: Apache-2.0
// Names for completion, out of a manifest directory and its journal.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/cli/completion.h"

namespace firmform::cli {

/// Reads when first asked, touches no network and runs no program, and is silent about all problems.
[[nodiscard]] std::unique_ptr<Names> make_project_names(std::filesystem::path directory);

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
// `firmform rollout`, and the options of verbs that carry out a run.
#pragma once

#include <vector>

#include "engine/cli/verb.h"

namespace firmform::cli {

/// The verb with its subcommands.
[[nodiscard]] Verb rollout_verb();

/// -wait-for-window, -ignore-window and -reason.
[[nodiscard]] std::vector<OptionSpec> window_options();

}  // namespace firmform::cli

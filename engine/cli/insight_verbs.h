// SPDX-License-Identifier: Apache-2.0
// Verbs that only look: how the fleet stands to the manifest, how runs stand, and why.
#pragma once

#include <string>

#include "engine/cli/verb.h"

namespace firmform::cli {

[[nodiscard]] Verb drift_verb();
[[nodiscard]] Verb status_verb();

Exit run_drift(const Arguments& arguments, Context& context);
Exit run_status(const Arguments& arguments, Context& context);

/// `what` is HOST or HOST/COMPONENT; the other half of `firmform explain`.
Exit explain_component(const std::string& what, const Arguments& arguments, Context& context);

}  // namespace firmform::cli

// SPDX-License-Identifier: Apache-2.0
// Verbs that sign plans and undo runs.
#pragma once

#include "engine/cli/verb.h"

namespace firmform::cli {

[[nodiscard]] Verb sign_verb();
[[nodiscard]] Verb verify_verb();
[[nodiscard]] Verb rollback_verb();

Exit run_catalog_retire(const Arguments& arguments, Context& context);

}  // namespace firmform::cli

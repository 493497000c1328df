// SPDX-License-Identifier: Apache-2.0
// `firmform import`: from live hosts to a manifest.
#pragma once

#include "engine/cli/verb.h"

namespace firmform::cli {

[[nodiscard]] Verb import_verb();

Exit run_import(const Arguments& arguments, Context& context);

}  // namespace firmform::cli

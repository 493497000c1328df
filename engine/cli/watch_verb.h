// SPDX-License-Identifier: Apache-2.0
// The verb that looks at the fleet again and again.
#pragma once

#include "engine/cli/verb.h"

namespace firmform::cli {

[[nodiscard]] Verb watch_verb();
Exit run_watch(const Arguments& arguments, Context& context);

}  // namespace firmform::cli

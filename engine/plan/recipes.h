// SPDX-License-Identifier: Apache-2.0
// Asks the host's provider how to make the wanted changes, and checks its answers.
#pragma once

#include "engine/plan/draft.h"

namespace firmform::plan {

/// Gives each wanted change its recipe, or blocks it.
void add_recipes(const Scope& scope, HostDraft& host);

/// Plans the one restart that all changes share which need it; blocks these when it cannot be.
void add_reset(const Scope& scope, HostDraft& host);

}  // namespace firmform::plan

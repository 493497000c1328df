// SPDX-License-Identifier: Apache-2.0
// Asks the host's provider how to make the wanted changes of firmware, and checks its answers.
#pragma once

#include "engine/plan/draft.h"

namespace firmform::plan {

/// Gives each wanted change of firmware its work, finds it pending in the BMC's queue, or blocks it.
void add_recipes(const Scope& scope, HostDraft& host);

/// Finds the window that is long enough for all that waits for one, and makes the work for it; blocks it when there is
/// none.
void settle_appointment(const Scope& scope, HostDraft& host);

/// Makes the work of a change again after its route has changed.
void reroute(const Scope& scope, HostDraft& host, ChangeDraft& draft);

/// Plans the restarts of the host, each shared by all changes that need it in its round; blocks these when it cannot
/// be.
void add_resets(const Scope& scope, HostDraft& host);

}  // namespace firmform::plan

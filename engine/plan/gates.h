// SPDX-License-Identifier: Apache-2.0
// What forbids a change that versions ask for, before a provider is asked how to make it.
#pragma once

#include "engine/plan/draft.h"

namespace firmform::plan {

/// Blocks changes that the host's state, a policy, the component or the image forbids, with all reasons at
/// once; finds the catalog image of the others. Components that need no change are left alone.
void apply_gates(const Scope& scope, HostDraft& host);

}  // namespace firmform::plan

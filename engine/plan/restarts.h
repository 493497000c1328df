// SPDX-License-Identifier: Apache-2.0
// Restarts of hosts that happen in a window: entries of the BMC's queue behind what needs them.
#pragma once

#include "engine/plan/draft.h"

namespace firmform::plan {

/// One restart per window, also for work that is in the queue already and lacks one (a run that was cut off).
void queue_restarts(const Scope& scope, HostDraft& host);

}  // namespace firmform::plan

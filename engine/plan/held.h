// SPDX-License-Identifier: Apache-2.0
// Windows that apply keeps by itself, and freeze periods of hosts without a window: when the whole work of a host may
// begin, and how late each of its writes may be sent so that the rest of it still ends in time.
#pragma once

#include "engine/plan/chain.h"
#include "engine/plan/draft.h"

namespace firmform::plan {

/// Finds the first opening that is long enough for all actions of the chain with reserve, gives the host its
/// HeldWindow, and puts conditions before its writes. Without such an opening the host's changes are blocked, and its
/// chain is empty. Hosts whose BMC keeps their window, and hosts without window and freeze periods, stay as they are.
void hold_in_window(const Scope& scope, HostDraft& host, HostChain& chain);

/// Takes the actions of blocked changes out of a chain of which nothing is wanted any more.
void drop_blocked(const HostDraft& host, HostChain& chain);

}  // namespace firmform::plan

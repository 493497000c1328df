// SPDX-License-Identifier: Apache-2.0
// Sends exactly the planned request of an action to an iLO, once.
#pragma once

#include "providers/provider.h"
#include "providers/redfish/client.h"

namespace firmform::hpe {

Task<Result<Accepted>> send(redfish::Client& client, plan::Action action);

/// Whether the iLO bound a new queue entry to its image: an entry that is bound to nothing is taken with success, can
/// never run, and blocks the queue (ilo.md 8.3). `requested` is the body that was sent. Pure.
[[nodiscard]] bool is_bound_as_asked(const json::Value& requested, const json::Value& created);

}  // namespace firmform::hpe

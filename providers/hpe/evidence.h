// SPDX-License-Identifier: Apache-2.0
// What an iLO shows of a write on what it keeps: the object is at its foreseeable place, or it is not. Pure.
#pragma once

#include "providers/provider.h"

namespace firmform::hpe {

/// How an entry of the installation queue stands. Pure.
[[nodiscard]] Progress progress_of(const inventory::QueueEntry& entry);

/// Absent when the resources alone do not tell: for an upload, the update engine must be asked.
[[nodiscard]] std::optional<Probe> weigh_resources(const plan::Action& action, const inventory::HostSnapshot& host);

}  // namespace firmform::hpe

// SPDX-License-Identifier: Apache-2.0
// How long actions took, as the journal tells.
#pragma once

#include "engine/journal/journal.h"
#include "engine/plan/estimates.h"

namespace firmform::apply {

/// From the newest runs, at most `most_runs`: of each action that succeeded, the time from its sending. Left out: what
/// needed no request, rests, and what ran while nobody watched. What cannot be read is left out, too.
[[nodiscard]] plan::Estimates learn(journal::Journal& journal, std::size_t most_runs);

/// What one run adds. Pure.
[[nodiscard]] std::vector<plan::Sample> samples_of(const plan::Plan& plan, const std::vector<journal::Event>& events);

}  // namespace firmform::apply

// SPDX-License-Identifier: Apache-2.0
// What must hold in every run, told from its timeline. Pure.
#pragma once

#include <optional>
#include <string>

#include "engine/journal/journal.h"
#include "engine/plan/plan.h"
#include "engine/simulate/timeline.h"

namespace firmform::simulate {

/// The first promise that the run has broken: one write at a time on a BMC and only planned ones, budgets, waves and
/// their soak, windows, the order of actions, an intent in the journal before each write.
[[nodiscard]] std::optional<std::string> first_broken(const plan::Plan& plan, const Timeline& timeline,
                                                      const std::vector<journal::Event>& events);

}  // namespace firmform::simulate

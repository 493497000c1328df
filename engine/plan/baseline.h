// SPDX-License-Identifier: Apache-2.0
// Which of the baselines that a manifest gives to a host holds for the machine that was found there.
#pragma once

#include <optional>

#include "engine/inventory/snapshot.h"
#include "engine/manifest/desired.h"
#include "engine/plan/finding.h"

namespace firmform::plan {

struct BaselineDecision {
  const manifest::BaselineChoice* choice = nullptr;  ///< null: none holds
  std::optional<Finding> problem;                    ///< `choice`, if set, must not be carried out
};

/// The choice of highest precedence whose model condition holds for the observed model.
[[nodiscard]] BaselineDecision choose_baseline(const manifest::DesiredHost& desired,
                                               const inventory::HostSnapshot& host);

}  // namespace firmform::plan

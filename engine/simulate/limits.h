// SPDX-License-Identifier: Apache-2.0
// The limits of a fleet that may hold it back, each taken away in turn. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/manifest/desired.h"

namespace firmform::simulate {

struct LiftedLimit {
  std::string name;           ///< as in the manifest: "max_in_flight: rack"
  manifest::Desired desired;  ///< without it
  std::optional<int> parallelism;
};

/// Only limits that the manifest sets, and the hosts at work at a time of the command line where it sets none.
[[nodiscard]] std::vector<LiftedLimit> without_each_limit(const manifest::Desired& desired);

}  // namespace firmform::simulate

// SPDX-License-Identifier: Apache-2.0
// Meaning: what the actions of a plan make true, told from their conditions alone. Pure, and knows no vendor.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan.h"

namespace firmform::simulate {

struct VersionEffect {
  std::string component;  ///< address
  std::string version;
  bool staged = false;  ///< it waits for a restart
  bool operator==(const VersionEffect&) const = default;
};

/// What one action brings about.
struct Meaning {
  std::vector<VersionEffect> at_end;
  /// What the BMC does afterwards by itself, out of its queue.
  std::vector<VersionEffect> afterwards;
  Duration afterwards_takes{0};
};

/// Work that a BMC does by itself in one of its own windows.
struct Appointed {
  std::string host;
  std::string component;
  std::string version;
  UtcTime at{};
};

struct Meanings {
  std::vector<Meaning> actions;  ///< by ActionId
  std::vector<Appointed> appointed;
};

[[nodiscard]] Meanings meanings_of(const plan::Plan& plan);

}  // namespace firmform::simulate

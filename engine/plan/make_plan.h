// SPDX-License-Identifier: Apache-2.0
// Desired × Inventory → Plan. Pure: same input, same bytes, whatever the order of hosts.
#pragma once

#include <set>

#include "engine/base/diagnostic.h"
#include "engine/catalog/catalog.h"
#include "engine/inventory/snapshot.h"
#include "engine/manifest/desired.h"
#include "engine/plan/estimates.h"
#include "engine/plan/plan.h"
#include "providers/provider.h"

namespace firmform::plan {

struct Inputs {
  const manifest::Desired& desired;
  const inventory::Inventory& inventory;  ///< of the hosts in scope; others are not planned
  const catalog::Catalog& catalog;
  const SourceMap& sources;
  UtcTime now;
  std::string tool_version;
  const Estimates* estimates = nullptr;  ///< what earlier runs took; null: the providers' own figures
};

/// Diagnostics name what is blocked and why (as errors) and what deserves a second look (as warnings). A
/// plan is made even when changes are blocked; the blocked ones have no actions. It is absent only when
/// the order of actions is impossible (a cycle).
[[nodiscard]] Parsed<Plan> make_plan(const Inputs& inputs, const Providers& providers);

/// Checks one condition against a fresh snapshot; empty when it holds, else why it does not.
[[nodiscard]] std::optional<std::string> check(const Condition& condition, const inventory::HostSnapshot& snapshot);

}  // namespace firmform::plan

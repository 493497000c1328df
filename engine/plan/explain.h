// SPDX-License-Identifier: Apache-2.0
// Explain: why a component of a host is updated or not, as a derivation from inventory, manifest lines and rules. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/inventory/snapshot.h"
#include "engine/manifest/desired.h"
#include "engine/plan/plan.h"

namespace firmform::plan {

/// One fact or rule, and where it comes from.
struct ExplanationLine {
  std::string text;
  std::string origin;  ///< "baselines.yaml:12:9", a URI of the BMC, or a code; empty: follows from the lines before
};

struct ExplanationStep {
  std::string title;  ///< "Installed", "Wanted", "Rules", …
  std::vector<ExplanationLine> lines;
};

struct Explanation {
  std::string host;
  std::string component;  ///< address, or the selector's text when nothing matched
  std::string name;
  std::string answer;  ///< in one sentence
  std::vector<ExplanationStep> steps;
};

/// What a derivation rests on: a plan, and what it was made from.
struct Grounds {
  const manifest::Desired& desired;
  const inventory::Inventory& inventory;
  const SourceMap& sources;
  const Plan& plan;
};

/// Explains what the plan says of the components that `component` names on the host: an address or a
/// name, also as a glob; empty: all that the manifest names. Fails with unknown_host or component_not_found.
[[nodiscard]] Result<std::vector<Explanation>> explain(const Grounds& grounds, const std::string& host,
                                                       const std::string& component);

}  // namespace firmform::plan

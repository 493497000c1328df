// SPDX-License-Identifier: Apache-2.0
// What the planner knows about a host while it works: changes on their way into the plan.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/finding.h"
#include "engine/plan/make_plan.h"

namespace firmform::plan {

/// Everything that the steps of planning share.
struct Scope {
  const Inputs& inputs;
  const Providers& providers;
  Findings& findings;
};

struct ChangeDraft {
  Change change;
  const manifest::FirmwareEntry* entry = nullptr;
  std::vector<std::size_t> entries;                 ///< places in the baseline of all entries that ask for it
  const inventory::Component* component = nullptr;  ///< null when the selector matched nothing
  const catalog::CatalogImage* image = nullptr;
  std::unique_ptr<Recipe> recipe;  ///< of a wanted change; chain() uses it up
  bool other_staged = false;       ///< a version that nobody asked for waits for a restart

  [[nodiscard]] bool is_wanted() const {
    return change.kind == ChangeKind::update || change.kind == ChangeKind::downgrade;
  }
  [[nodiscard]] bool needs_reset() const { return recipe != nullptr && recipe->needs_host_reset; }
};

struct HostDraft {
  const manifest::DesiredHost* desired = nullptr;
  const inventory::HostSnapshot* snapshot = nullptr;
  const manifest::Baseline* baseline = nullptr;  ///< null: nothing is wanted
  std::vector<ChangeDraft> changes;
  std::vector<Reason> problems;  ///< why nothing is planned at all
  std::optional<Action> reset;   ///< the one restart of the host

  [[nodiscard]] const std::string& name() const { return desired->name; }
  [[nodiscard]] bool is_held() const;  ///< something of it cannot be done
};

/// Forbids a change: it stays in the plan, without actions.
void block(const Scope& scope, ChangeDraft& draft, const Finding& finding);
/// Adds a reason that deserves a second look.
void warn(const Scope& scope, ChangeDraft& draft, const Finding& finding);

}  // namespace firmform::plan

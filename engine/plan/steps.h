// SPDX-License-Identifier: Apache-2.0
// Steps of a firmware change: what the provider is asked, and what becomes of its recipes.
#pragma once

#include <functional>
#include <optional>

#include "engine/plan/draft.h"

namespace firmform::plan {

/// One step of a change, as the provider is asked about it.
struct Step {
  const ChangeDraft& draft;
  std::size_t place;  ///< of the way that it leads to; see way.h
  const inventory::HostSnapshot& host;
  const inventory::Component& component;

  [[nodiscard]] const manifest::FirmwareEntry& entry() const;
  [[nodiscard]] const catalog::CatalogImage& image() const;
  [[nodiscard]] bool is_last() const { return place > draft.stops.size(); }
};

/// From what is installed now.
[[nodiscard]] Step first_step(const HostDraft& host, const ChangeDraft& draft);

[[nodiscard]] ChangeRequest request_for(const Scope& scope, const HostDraft& host, const Step& step);

/// The place of the manifest that a step is complained about at.
[[nodiscard]] const SourceSpan& span_of(const manifest::FirmwareEntry& entry);

/// Replaces what is expected by what earlier runs took, where enough is known.
void expect_as_learned(const Scope& scope, const HostDraft& host, Action& action);
void expect_as_learned(const Scope& scope, const HostDraft& host, Recipe& recipe);

/// With guards before queue entries, and with the state of power that the manifest asks for.
[[nodiscard]] Work work_of(const Scope& scope, const HostDraft& host, const Step& step, Recipe recipe);

/// Asks for the steps after the first on the draft's route, each as if the one before had been made. What is wrong
/// with one of them; the draft has none then. `check` says what forbids a recipe.
using CheckRecipe = std::function<std::optional<Finding>(const Step& step, const Recipe& recipe)>;
[[nodiscard]] std::optional<Finding> add_further_steps(const Scope& scope, HostDraft& host, ChangeDraft& draft,
                                                       const CheckRecipe& check);

}  // namespace firmform::plan

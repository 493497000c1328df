// SPDX-License-Identifier: Apache-2.0
// The iLO's update engine: one for everything that flashes, with a state, a result and the tag of the last
// upload (ilo.md 2.3). Pure.
#pragma once

#include <optional>
#include <string>

#include "providers/provider.h"
#include "providers/redfish/task.h"

namespace firmform::hpe {

enum class EnginePhase { rest, busy, error };

struct EngineState {
  EnginePhase phase = EnginePhase::rest;
  std::string state;  ///< as received
  std::optional<int> percent;
  std::string result;      ///< words of the failure; empty when there is none
  std::string upload_tag;  ///< of the upload that the state speaks about; empty when the iLO does not say
};

/// A Result of the engine or of a queue entry in words; empty when there is none.
[[nodiscard]] std::string result_words(const json::Value& result);

[[nodiscard]] EngineState engine_state(const json::Value& update_service);

/// The tag that this action's upload carries; empty for SimpleUpdate, which knows none.
[[nodiscard]] std::string tag_of(const plan::Action& action);

/// What engine and task (absent: none, or gone) say about an accepted action.
[[nodiscard]] Progress progress_of(const plan::Action& action, const EngineState& engine,
                                   const std::optional<redfish::TaskView>& task);

/// What engine and tasks say about an action that may have been sent; the inventory has been asked before.
[[nodiscard]] Probe weigh(const plan::Action& action, const EngineState& engine, const std::vector<json::Value>& tasks);

}  // namespace firmform::hpe

// SPDX-License-Identifier: Apache-2.0
// The plan's JSON in parts, and its canonical text piece by piece: a fleet's plan is hundreds of megabytes.
#pragma once

#include <functional>
#include <string_view>

#include "engine/json/value.h"
#include "engine/plan/plan.h"

namespace firmform::plan {

[[nodiscard]] json::Value host_json(const PlannedHost& host);
[[nodiscard]] json::Value change_json(const Plan& plan, const Change& change);
[[nodiscard]] json::Value action_json(const Action& action);
/// All members but hosts, resource_changes and actions.
[[nodiscard]] json::Object head_json(const Plan& plan);

/// Hands out the bytes of json::dump_canonical(to_json(plan)), without the member `id` unless `with_id`.
void write_canonical(const Plan& plan, bool with_id, const std::function<void(std::string_view)>& sink);

}  // namespace firmform::plan

// SPDX-License-Identifier: Apache-2.0
// How changes spread, what is compared around them, and who signs plans, out of a validated tree.
#pragma once

#include "engine/manifest/manifest.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

[[nodiscard]] Rollout bind_rollout(const YamlNode& node, Diagnostics& diagnostics);
[[nodiscard]] ConfigGuard bind_config_guard(const YamlNode& node);
[[nodiscard]] PlanSigning bind_plan_signing(const YamlNode& node, Diagnostics& diagnostics);

}  // namespace firmform::manifest

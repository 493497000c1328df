// SPDX-License-Identifier: Apache-2.0
// Rules about plans and the programs that judge them, out of a validated tree.
#pragma once

#include "engine/manifest/manifest.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// `node` is the value of `rules`. Reports rules that contradict themselves.
[[nodiscard]] Named<PolicyRule> bind_policy_rules(const YamlNode& node, Diagnostics& diagnostics);

/// `node` is the value of `commands`. A command must not have the name of a rule: `-override` could mean either.
[[nodiscard]] Named<PolicyCommand> bind_policy_commands(const YamlNode& node, const Named<PolicyRule>& rules,
                                                        Diagnostics& diagnostics);

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
// Where a password or a key comes from: credentials, and whatever else has a secret.
#pragma once

#include "engine/manifest/manifest.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// `node` has been checked against the table.
[[nodiscard]] PasswordSource bind_password(const YamlNode& node);

}  // namespace firmform::manifest

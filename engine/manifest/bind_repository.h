// SPDX-License-Identifier: Apache-2.0
// The part of bind.h that reads what repositories of BMCs shall hold, and from where BMCs pull.
#pragma once

#include "engine/manifest/manifest.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// Reports files that are listed twice, or wanted both present and absent.
[[nodiscard]] Repository bind_repository(const YamlEntry& entry, Diagnostics& diagnostics);

/// Reports port ranges that run backwards, and a certificate for a server without TLS.
[[nodiscard]] ImageServer bind_image_server(const YamlNode& node, Diagnostics& diagnostics);

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
// Keeps secrets that someone wrote into a manifest out of the snippets of diagnostics.
#pragma once

#include <string_view>

#include "engine/base/diagnostic.h"

namespace firmform::manifest {

/// Conceals what looks like a secret in the text of a file: values of keys such as `password` or
/// `api_token`, and user names and passwords in URLs. By the looks, so that it works in malformed files too.
void conceal_secrets(SourceMap& sources, FileId file);

/// Whether the value of a key of that name may be a secret: `password`, `api_token`.
[[nodiscard]] bool looks_secret(std::string_view key);

}  // namespace firmform::manifest

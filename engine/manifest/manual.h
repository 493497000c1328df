// SPDX-License-Identifier: Apache-2.0
// The table of schema.h as a reference for people.
#pragma once

#include <string>

namespace firmform::manifest {

/// Markdown: a section for each key of the file, a table for each map, in the order of the table. A map that several keys
/// share is described where it is met first.
[[nodiscard]] std::string manifest_markdown();

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
// Short ways to diagnostics with a place.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "engine/base/diagnostic.h"
#include "engine/manifest/manifest.h"

namespace firmform::manifest {

[[nodiscard]] inline Diagnostic problem(Code code, std::string message, SourceSpan span, std::string label = {}) {
  Diagnostic diagnostic{code};
  diagnostic.message = std::move(message);
  diagnostic.primary = Label{span, std::move(label)};
  return diagnostic;
}

/// An item that a list has already. `where`: "install set `golden`".
[[nodiscard]] Diagnostic listed_twice(const Text& item, SourceSpan first, const std::string& where);

/// What is wrong with a file name that shall name one file of the catalog: a glob does not.
[[nodiscard]] std::optional<Diagnostic> one_file(const Text& file);

}  // namespace firmform::manifest

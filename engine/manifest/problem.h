// SPDX-License-Identifier: Apache-2.0
// Short way to a diagnostic with a place.
#pragma once

#include <string>
#include <utility>

#include "engine/base/diagnostic.h"

namespace firmform::manifest {

[[nodiscard]] inline Diagnostic problem(Code code, std::string message, SourceSpan span, std::string label = {}) {
  Diagnostic diagnostic{code};
  diagnostic.message = std::move(message);
  diagnostic.primary = Label{span, std::move(label)};
  return diagnostic;
}

}  // namespace firmform::manifest

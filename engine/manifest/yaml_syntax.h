// SPDX-License-Identifier: Apache-2.0
// The parser's terse complaints in words that help.
#pragma once

#include <optional>
#include <string>

#include "engine/base/diagnostic.h"

namespace firmform::manifest {

struct SyntaxProblem {
  std::string complaint;                   ///< the parser's words
  std::optional<SourceSpan> place;         ///< absent when the text ended too early
  std::optional<SourceSpan> open_bracket;  ///< the innermost one that is not closed yet
};

[[nodiscard]] Diagnostic explain_syntax(const SyntaxProblem& problem, const SourceMap& sources, FileId file);

}  // namespace firmform::manifest

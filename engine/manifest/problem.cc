// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/problem.h"

#include <fmt/format.h>

#include "engine/base/text.h"

namespace firmform::manifest {

Diagnostic listed_twice(const Text& item, SourceSpan first, const std::string& where) {
  Diagnostic diagnostic = problem(Code::listed_twice, fmt::format("`{}` is listed twice in {}", item.value, where),
                                  item.span, "listed again");
  diagnostic.secondary.push_back({first, "first listed here"});
  return diagnostic;
}

std::optional<Diagnostic> one_file(const Text& file) {
  if (!is_glob(file.value)) return std::nullopt;
  return problem(Code::invalid_value, fmt::format("`{}` cannot stand for several files here", file.value), file.span,
                 "expected the name of one file");
}

}  // namespace firmform::manifest

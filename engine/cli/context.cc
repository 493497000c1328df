// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/verb.h"

namespace firmform::cli {

Exit Context::report(const Error& error) const {
  err.print(render(to_diagnostic(error), SourceMap(), {.color = err.color}));
  return info(error.code()).exit;
}

void Context::report(const Diagnostics& diagnostics, const SourceMap& sources) const {
  if (!diagnostics.empty()) err.print(render(diagnostics, sources, {.color = err.color}));
}

}  // namespace firmform::cli

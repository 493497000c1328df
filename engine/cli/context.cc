// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/report_outputs.h"
#include "engine/cli/verb.h"
#include "engine/report/event_stream.h"

namespace firmform::cli {

Exit Context::report(const Error& error) const {
  if (reports != nullptr) reports->keep_problem(error);
  if (events != nullptr) {
    Diagnostics one;
    one.add(to_diagnostic(error));
    events->tell(one, SourceMap());
  }
  err.print(render(to_diagnostic(error), SourceMap(), {.color = err.color}));
  return info(error.code()).exit;
}

void Context::report(const Diagnostics& diagnostics, const SourceMap& sources) const {
  if (reports != nullptr) reports->keep_problems(diagnostics, sources);
  if (events != nullptr) events->tell(diagnostics, sources);
  if (!diagnostics.empty()) err.print(render(diagnostics, sources, {.color = err.color}));
}

}  // namespace firmform::cli

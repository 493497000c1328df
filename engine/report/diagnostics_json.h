// SPDX-License-Identifier: Apache-2.0
// Diagnostics for programs, in the form of `terraform validate -json`.
#pragma once

#include "engine/base/diagnostic.h"
#include "engine/json/value.h"

namespace firmform::report {

/// {format_version, valid, error_count, warning_count, diagnostics: [{severity, code, summary, detail, range, …}]}
[[nodiscard]] json::Value diagnostics_json(const Diagnostics& diagnostics, const SourceMap& sources);

/// One of them, as in that list.
[[nodiscard]] json::Value diagnostic_json(const Diagnostic& diagnostic, const SourceMap& sources);

}  // namespace firmform::report

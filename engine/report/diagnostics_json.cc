// SPDX-License-Identifier: Apache-2.0
#include "engine/report/diagnostics_json.h"

#include <string>
#include <utility>
#include <vector>

namespace firmform::report {
namespace {

using json::Array;
using json::Object;
using json::Value;

Array texts(const std::vector<std::string>& items) {
  Array array;
  for (const std::string& item : items) array.push_back(item);
  return array;
}

Value point(const SourceSpan& span, std::uint32_t offset) {
  return Object{{"line", std::int64_t{span.line}}, {"column", std::int64_t{span.column + offset}}};
}

/// The end is exclusive; a span never leaves its line.
Value range(const SourceSpan& span, const SourceMap& sources) {
  return Object{{"filename", sources.name(span.file)}, {"start", point(span, 0)}, {"end", point(span, span.length)}};
}

Value snippet(const SourceSpan& span, const SourceMap& sources) {
  return Object{{"code", sources.shown_line(span.file, span.line)}, {"start_line", std::int64_t{span.line}}};
}

Value label(const Label& label, const SourceMap& sources) {
  return Object{{"range", range(label.span, sources)}, {"text", label.text}};
}

}  // namespace

Value diagnostic_json(const Diagnostic& diagnostic, const SourceMap& sources) {
  Object object{{"severity", diagnostic.severity == Severity::error ? "error" : "warning"},
                {"code", firmform::to_string(diagnostic.code)},
                {"name", info(diagnostic.code).name},
                {"summary", info(diagnostic.code).title},
                {"detail", diagnostic.message}};
  if (!diagnostic.subject.empty()) object.append("address", diagnostic.subject);
  if (diagnostic.primary) {
    object.append("range", range(diagnostic.primary->span, sources));
    object.append("snippet", snippet(diagnostic.primary->span, sources));
    object.append("label", diagnostic.primary->text);
  }
  Array related;
  for (const Label& secondary : diagnostic.secondary) related.push_back(label(secondary, sources));
  object.append("related", std::move(related));
  object.append("notes", texts(diagnostic.notes));
  object.append("help", texts(diagnostic.help));
  return object;
}

Value diagnostics_json(const Diagnostics& diagnostics, const SourceMap& sources) {
  Array items;
  std::int64_t errors = 0;
  std::int64_t warnings = 0;
  for (const Diagnostic& diagnostic : diagnostics.sorted()) {
    ++(diagnostic.severity == Severity::error ? errors : warnings);
    items.push_back(diagnostic_json(diagnostic, sources));
  }
  return Object{{"format_version", "1.0"},
                {"valid", errors == 0},
                {"error_count", errors},
                {"warning_count", warnings},
                {"diagnostics", std::move(items)}};
}

}  // namespace firmform::report

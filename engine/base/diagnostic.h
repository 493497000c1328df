// SPDX-License-Identifier: Apache-2.0
// Diagnostics: what a user sees when an input is wrong. Problems accumulate and are reported together,
// sorted by place, in the form of rustc's: code, file:line:col, source line, carets, both sides of a
// conflict, help.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace firmform {

/// Index of a file in a SourceMap.
using FileId = std::uint32_t;

/// A place in a manifest. Lines and columns count from 1; columns and length count Unicode characters.
struct SourceSpan {
  FileId file = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 1;
  auto operator<=>(const SourceSpan&) const = default;
};

/// The texts that spans point into. Grows only; ids stay valid.
class SourceMap {
 public:
  FileId add(std::string name, std::string text);
  [[nodiscard]] const std::string& name(FileId file) const;
  [[nodiscard]] const std::string& text(FileId file) const;
  /// The line without its line ending; empty beyond the end of the file.
  [[nodiscard]] std::string_view line(FileId file, std::uint32_t number) const;
  [[nodiscard]] std::size_t size() const { return files_.size(); }
  /// The place holds a secret: `shown_line` masks it from now on.
  void conceal(const SourceSpan& span);
  /// The line as it may be shown: with `*` in place of what is concealed.
  [[nodiscard]] std::string shown_line(FileId file, std::uint32_t number) const;
  /// "hosts.yaml:12:3"
  [[nodiscard]] std::string describe(const SourceSpan& span) const;

 private:
  struct File {
    std::string name;
    std::string text;
    std::vector<std::size_t> line_starts;
    std::set<SourceSpan> concealed;
  };
  std::vector<File> files_;
};

enum class Severity { warning, error };

struct Label {
  SourceSpan span;
  std::string text;
};

struct Diagnostic {
  Code code;
  Severity severity = Severity::error;
  std::string message;           ///< what is wrong, one sentence
  std::optional<Label> primary;  ///< where; absent for problems without a place in a file
  std::vector<Label> secondary;  ///< the other side of a conflict, the definition referred to, …
  std::vector<std::string> notes;
  std::vector<std::string> help;  ///< edits or commands to make
  std::string subject;            ///< "web-01/SystemBMC", when the problem is a host's
};

/// Diagnostic of a runtime failure: an Error about `subject` (may be empty).
[[nodiscard]] Diagnostic to_diagnostic(const Error& error, std::string subject = {});

/// Collects problems. Not thread-safe.
class Diagnostics {
 public:
  void add(Diagnostic diagnostic);
  void append(Diagnostics other);
  [[nodiscard]] bool has_errors() const;
  /// Those of severity error alone.
  [[nodiscard]] Diagnostics errors() const;
  [[nodiscard]] bool empty() const { return items_.empty(); }
  /// Sorted by file, line, column, code; problems without a place come last, in order of arrival.
  [[nodiscard]] std::vector<Diagnostic> sorted() const;
  /// Exit code for a run that stops because of these: the worst of the errors' codes, ok without errors.
  [[nodiscard]] Exit exit() const;

 private:
  std::vector<Diagnostic> items_;
};

struct RenderStyle {
  bool color = false;
};

/// One diagnostic as text, with a trailing blank line.
[[nodiscard]] std::string render(const Diagnostic& diagnostic, const SourceMap& sources, RenderStyle style);
/// All of them, sorted, with a closing "N errors, M warnings" line when there is more than one.
[[nodiscard]] std::string render(const Diagnostics& diagnostics, const SourceMap& sources, RenderStyle style);

/// A value together with the problems met on the way to it.
template <class T>
struct Parsed {
  std::optional<T> value;  ///< absent when the problems make a value impossible
  Diagnostics diagnostics;
};

}  // namespace firmform

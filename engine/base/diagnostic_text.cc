// SPDX-License-Identifier: Apache-2.0
// Diagnostics as text. Everything shown goes through printable(): neither a manifest nor a device may
// drive the terminal.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "engine/base/diagnostic.h"
#include "engine/base/text.h"

namespace firmform {
namespace {

/// Longer source lines are shown in part, around the label.
constexpr std::size_t kWidestLine = 140;
constexpr std::size_t kBeforeLabel = 50;

enum class Ink { bold, error, warning, rule, secondary };

class Painter {
 public:
  explicit Painter(RenderStyle style) : style_(style) {}

  [[nodiscard]] std::string paint(Ink ink, std::string_view text) const {
    if (!style_.color || text.empty()) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", escape(ink), text);
  }

 private:
  static std::string_view escape(Ink ink) {
    switch (ink) {
      case Ink::bold:
        return "1";
      case Ink::error:
        return "1;31";
      case Ink::warning:
        return "1;33";
      case Ink::rule:
        return "1;34";
      case Ink::secondary:
        return "1;36";
    }
    return "0";
  }

  RenderStyle style_;
};

struct Mark {
  SourceSpan span;
  std::string text;
  bool primary = false;
};

/// A source line as single characters, so that columns can be cut out.
std::vector<std::string> characters(std::string_view line) {
  std::vector<std::string> result;
  while (!line.empty()) {
    const std::size_t bytes = std::max<std::size_t>(utf8_sequence_length(line), 1);
    result.push_back(printable(line.substr(0, bytes)));
    line.remove_prefix(bytes);
  }
  return result;
}

/// What is shown of a line, and where a column stands in it.
struct Excerpt {
  std::string text;
  std::size_t first = 0;   ///< index of the first character shown
  std::size_t last = 0;    ///< index behind the last one
  std::size_t offset = 0;  ///< columns that the leading ellipsis takes
};

Excerpt excerpt(const std::vector<std::string>& line, std::size_t around) {
  Excerpt result;
  if (line.size() > kWidestLine && around > kBeforeLabel) result.first = std::min(around - kBeforeLabel, line.size());
  result.last = std::min(line.size(), result.first + kWidestLine);
  if (result.first > 0) {
    result.text = "…";
    result.offset = 1;
  }
  for (std::size_t i = result.first; i < result.last; ++i) result.text += line[i];
  while (result.text.ends_with(' ')) result.text.pop_back();
  if (result.last < line.size()) result.text += "…";
  return result;
}

class Snippet {
 public:
  Snippet(const SourceMap& sources, const Painter& painter, std::size_t gutter)
      : sources_(sources), painter_(painter), gutter_(gutter) {}

  [[nodiscard]] std::string bar() const { return painter_.paint(Ink::rule, fmt::format("{:>{}} |", "", gutter_)); }

  /// The marks of one file, sorted by place.
  [[nodiscard]] std::string file(const std::vector<Mark>& marks) const {
    std::string text = bar() + "\n";
    std::uint32_t previous = 0;
    for (std::size_t i = 0; i < marks.size(); ++i) {
      const Mark& mark = marks[i];
      const bool same_line = i > 0 && mark.span.line == previous;
      const auto line = characters(sources_.shown_line(mark.span.file, mark.span.line));
      const Excerpt shown = excerpt(line, mark.span.column);
      if (i > 0 && mark.span.line > previous + 1) text += painter_.paint(Ink::rule, "...") + "\n";
      if (!same_line || line.size() > kWidestLine) text += source_row(mark.span.line, shown);
      text += underline_row(mark, shown);
      previous = mark.span.line;
    }
    return text;
  }

 private:
  [[nodiscard]] std::string source_row(std::uint32_t number, const Excerpt& shown) const {
    const std::string margin = painter_.paint(Ink::rule, fmt::format("{:>{}} |", number, gutter_));
    return shown.text.empty() ? margin + "\n" : fmt::format("{} {}\n", margin, shown.text);
  }

  [[nodiscard]] std::string underline_row(const Mark& mark, const Excerpt& shown) const {
    const std::size_t start = mark.span.column == 0 ? 0 : mark.span.column - 1;
    const std::size_t indent = start - std::min(start, shown.first) + shown.offset;
    const std::size_t room = std::max(shown.last, start + 1) - start;
    const std::size_t length = std::clamp<std::size_t>(mark.span.length, 1, room);
    const std::string carets(length, mark.primary ? '^' : '-');
    const Ink ink = mark.primary ? Ink::error : Ink::secondary;
    const std::string label = mark.text.empty() ? carets : fmt::format("{} {}", carets, printable(mark.text));
    return fmt::format("{} {:{}}{}\n", bar(), "", indent, painter_.paint(ink, label));
  }

  const SourceMap& sources_;
  const Painter& painter_;
  std::size_t gutter_;
};

/// The file of the primary label first, then the others in order.
std::vector<std::vector<Mark>> marks_by_file(const Diagnostic& diagnostic) {
  std::map<std::pair<bool, FileId>, std::vector<Mark>> files;
  const FileId first = diagnostic.primary->span.file;
  files[{false, first}].push_back({diagnostic.primary->span, diagnostic.primary->text, true});
  for (const Label& label : diagnostic.secondary) {
    files[{label.span.file != first, label.span.file}].push_back({label.span, label.text, false});
  }
  std::vector<std::vector<Mark>> result;
  for (auto& [key, marks] : files) {
    std::ranges::sort(marks, {}, [](const Mark& mark) { return std::tuple(mark.span, !mark.primary, mark.text); });
    result.push_back(std::move(marks));
  }
  return result;
}

std::size_t gutter_width(const Diagnostic& diagnostic) {
  std::uint32_t highest = diagnostic.primary ? diagnostic.primary->span.line : 0;
  for (const Label& label : diagnostic.secondary) highest = std::max(highest, label.span.line);
  return std::to_string(highest).size();
}

std::string headline(const Diagnostic& diagnostic, const Painter& painter) {
  const bool error = diagnostic.severity == Severity::error;
  const std::string kind = fmt::format("{}[{}]", error ? "error" : "warning", to_string(diagnostic.code));
  const std::string subject = diagnostic.subject.empty() ? "" : printable(diagnostic.subject) + ": ";
  const std::string message = fmt::format(": {}{}", subject, printable(diagnostic.message));
  return painter.paint(error ? Ink::error : Ink::warning, kind) + painter.paint(Ink::bold, message) + "\n";
}

std::string places(const Diagnostic& diagnostic, const SourceMap& sources, const Painter& painter, std::size_t gutter) {
  const Snippet snippet(sources, painter, gutter);
  std::string text;
  for (const std::vector<Mark>& marks : marks_by_file(diagnostic)) {
    const bool main_file = text.empty();
    const SourceSpan& place = main_file ? diagnostic.primary->span : marks.front().span;
    const std::string arrow = painter.paint(Ink::rule, main_file ? "-->" : ":::");
    text += fmt::format("{:{}}{} {}\n", "", gutter, arrow, printable(sources.describe(place)));
    text += snippet.file(marks);
  }
  return text + snippet.bar() + "\n";
}

std::string footnote(const Painter& painter, std::size_t gutter, std::string_view kind, std::string_view text) {
  const std::string mark = painter.paint(Ink::rule, fmt::format("{:>{}} =", "", gutter));
  return fmt::format("{} {} {}\n", mark, painter.paint(Ink::bold, fmt::format("{}:", kind)), printable(text));
}

}  // namespace

std::string render(const Diagnostic& diagnostic, const SourceMap& sources, RenderStyle style) {
  const Painter painter(style);
  const std::size_t gutter = gutter_width(diagnostic);
  std::string text = headline(diagnostic, painter);
  if (diagnostic.primary) text += places(diagnostic, sources, painter, gutter);
  for (const std::string& note : diagnostic.notes) text += footnote(painter, gutter, "note", note);
  for (const std::string& help : diagnostic.help) text += footnote(painter, gutter, "help", help);
  if (diagnostic.help.empty()) text += footnote(painter, gutter, "help", info(diagnostic.code).next);
  text += footnote(painter, gutter, "explain", "firmform explain " + to_string(diagnostic.code));
  return text + "\n";
}

std::string render(const Diagnostics& diagnostics, const SourceMap& sources, RenderStyle style) {
  const std::vector<Diagnostic> items = diagnostics.sorted();
  std::string text;
  for (const Diagnostic& item : items) text += render(item, sources, style);
  if (items.size() < 2) return text;
  const auto is_error = [](const Diagnostic& item) { return item.severity == Severity::error; };
  const auto errors = static_cast<std::size_t>(std::ranges::count_if(items, is_error));
  const std::size_t warnings = items.size() - errors;
  if (errors > 0) text += counted(errors, "error");
  if (errors > 0 && warnings > 0) text += ", ";
  if (warnings > 0) text += counted(warnings, "warning");
  return text + "\n";
}

}  // namespace firmform

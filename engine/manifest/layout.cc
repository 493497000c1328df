// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/layout.h"

#include <algorithm>

namespace firmform::manifest {
namespace {

constexpr std::size_t kStep = 2;

std::string_view without_trailing_space(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

/// How many brackets a line closes before anything else.
std::size_t leading_closers(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    if (c == ']' || c == '}') ++count;
    if (c != ']' && c != '}' && c != ' ' && c != '\t') break;
  }
  return count;
}

}  // namespace

std::string Layout::apply(std::string_view text) {
  Layout layout;
  LineScanner scanner(text);
  while (const auto line = scanner.next()) layout.add(*line);
  const std::vector<Level> levels = layout.levels_;
  layout.write_waiting(levels);
  while (layout.out_.ends_with("\n\n") && !layout.keeps_blanks_) layout.out_.pop_back();
  if (layout.out_ == "\n") layout.out_.clear();
  return std::move(layout.out_);
}

void Layout::add(const YamlLine& line) {
  switch (line.kind) {
    case LineKind::blank:
      waiting_.push_back({});
      return;
    case LineKind::comment:
      waiting_.push_back({line.indent, line.text.substr(line.indent)});
      return;
    case LineKind::block:
      return add_block(line);
    case LineKind::flow:
      return add_flow(line);
    case LineKind::scalar:
      return line.in_block_scalar ? add_block_scalar(line) : add_continuation(line);
  }
}

void Layout::add_block(const YamlLine& line) {
  const std::vector<Level> before = levels_;
  const bool is_list = !line.dashes.empty();
  enter(is_list ? line.dashes.front() : line.indent, is_list);
  write_waiting(before);
  const std::size_t column = base();
  std::string text;
  const bool has_content = line.content < line.text.size() && line.content != line.comment;
  for (std::size_t i = 0; i < line.dashes.size(); ++i) {
    text += "- ";
    const bool dash_follows = i + 1 < line.dashes.size();
    const bool lone_block_scalar = line.opens_block_scalar && !line.has_key;
    if (dash_follows || (has_content && !lone_block_scalar)) {
      const std::size_t old_column = dash_follows ? line.dashes[i + 1] : line.content;
      levels_.push_back({old_column, base() + kStep, dash_follows});
    }
  }
  text += line.text.substr(is_list ? line.content : line.indent);
  write(column, text);
  keeps_blanks_ = false;
  if (!line.opens_block_scalar) return;
  const std::string_view header = without_trailing_space(line.text.substr(0, line.comment));
  keeps_blanks_ = header.substr(header.find_last_of("|>")).find('+') != std::string_view::npos;
  const bool explicit_indent = header.find_last_of("123456789") != std::string_view::npos &&
                               header.find_last_of("123456789") > header.find_last_of("|>");
  scalar_starts_ = !explicit_indent;
  scalar_old_ = levels_.empty() ? 0 : levels_.back().old_column;
  scalar_new_ = base();
}

/// Makes the level of an entry that begins in `column` the innermost one.
void Layout::enter(std::size_t column, bool is_list) {
  const auto ends = [&](const Level& level) {
    return level.old_column > column || (level.old_column == column && level.is_list && !is_list);
  };
  while (!levels_.empty() && ends(levels_.back())) levels_.pop_back();
  const bool same = !levels_.empty() && levels_.back().old_column == column && levels_.back().is_list == is_list;
  if (!same) levels_.push_back({column, levels_.empty() ? 0 : base() + kStep, is_list});
}

void Layout::add_flow(const YamlLine& line) {
  write_waiting(levels_);
  const std::string_view text = line.text.substr(line.indent);
  const std::size_t closers = std::min(leading_closers(text), line.flow_depth);
  write(base() + kStep * (line.flow_depth - closers), text);
}

void Layout::add_continuation(const YamlLine& line) {
  write_waiting(levels_);
  const std::string_view text = without_trailing_space(line.text.substr(line.indent));
  write(text.empty() ? 0 : base() + kStep * (line.flow_depth + 1), text);
}

void Layout::add_block_scalar(const YamlLine& line) {
  const std::size_t spaces = std::min(line.text.find_first_not_of(' '), line.text.size());
  const bool blank = spaces == line.text.size();
  if (blank && !keeps_blanks_ && spaces <= scalar_old_) {
    waiting_.push_back({});  // within the scalar it stays; behind it, it is a blank line as any other
    return;
  }
  if (!blank && scalar_starts_) {
    scalar_old_ = spaces;
    scalar_new_ = base() + kStep;
    scalar_starts_ = false;
  }
  for (const Waiting& waiting : waiting_) out_ += waiting.text.empty() ? "\n" : "";
  waiting_.clear();
  const std::size_t column = spaces >= scalar_old_ ? spaces - scalar_old_ + scalar_new_ : 0;
  if (!blank || spaces > scalar_old_) out_ += std::string(column, ' ');
  out_ += line.text.substr(spaces);
  out_ += '\n';
}

void Layout::write_waiting(const std::vector<Level>& before) {
  bool blank = out_.empty();
  for (const Waiting& waiting : waiting_) {
    if (!waiting.text.empty()) {
      write(comment_column(waiting.indent, before), waiting.text);
    } else if (!blank) {
      out_ += '\n';
    }
    blank = waiting.text.empty();
  }
  waiting_.clear();
}

/// A comment goes with the entries that begin in its column; else it keeps its distance to the next ones
/// on its left. `before`: the levels above it; those below it are the current ones.
std::size_t Layout::comment_column(std::size_t indent, const std::vector<Level>& before) const {
  if (!levels_.empty() && levels_.back().old_column == indent) return levels_.back().column;
  const Level* best = nullptr;
  const auto consider = [&](const Level& level) {
    if (level.old_column <= indent && (best == nullptr || level.old_column >= best->old_column)) best = &level;
  };
  for (const Level& level : before) consider(level);
  if (!levels_.empty()) consider(levels_.back());
  return best == nullptr ? indent : best->column + (indent - best->old_column);
}

void Layout::write(std::size_t column, std::string_view text) {
  out_.append(column, ' ');
  out_ += without_trailing_space(text);
  out_ += '\n';
}

}  // namespace firmform::manifest

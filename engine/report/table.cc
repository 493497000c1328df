// SPDX-License-Identifier: Apache-2.0
#include "engine/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/base/text.h"
#include "engine/report/display_width.h"

namespace firmform::report {
namespace {

constexpr std::size_t kGap = 2;

std::size_t longest_word(std::string_view cell) {
  std::size_t longest = 0;
  for (const std::string& word : split(cell, ' ')) longest = std::max(longest, display_width(word));
  return longest;
}

/// Takes from the widest columns, none below its `floor`, until all fit into `room`, or nothing is left to take.
void narrow(std::vector<std::size_t>& widths, const std::vector<std::size_t>& floor, std::size_t room) {
  std::size_t total = std::reduce(widths.begin(), widths.end());
  while (total > room) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] > floor[i] && (widest == widths.size() || widths[i] > widths[widest])) widest = i;
    }
    if (widest == widths.size()) return;
    --widths[widest];
    --total;
  }
}

void trim_end(std::string& line) {
  while (line.ends_with(' ')) line.pop_back();
}

}  // namespace

std::string paint(Ink ink, std::string_view text, bool color) {
  if (!color || ink == Ink::plain || text.empty()) return std::string(text);
  switch (ink) {
    case Ink::plain:
    case Ink::green:
      return fmt::format("\x1b[32m{}\x1b[0m", text);
    case Ink::yellow:
      return fmt::format("\x1b[33m{}\x1b[0m", text);
    case Ink::red:
      return fmt::format("\x1b[31m{}\x1b[0m", text);
    case Ink::dim:
      return fmt::format("\x1b[2m{}\x1b[0m", text);
  }
  return std::string(text);
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  width = std::max<std::size_t>(width, 1);
  std::vector<std::string> lines;
  std::string line;
  for (std::string_view word_left : split(text, ' ')) {
    std::string word(word_left);
    if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
      lines.push_back(std::exchange(line, {}));
    }
    if (!line.empty()) word.insert(0, " ");
    while (display_width(word) > width) {
      // One character at least, so that a wide one in a narrow column does not stay for ever.
      const std::size_t bytes = std::max<std::size_t>(first_columns(word, width).size(),
                                                      std::max<std::size_t>(utf8_sequence_length(word), 1));
      lines.push_back(word.substr(0, bytes));
      word.erase(0, bytes);
    }
    line += word;
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string paragraph(std::string_view text, std::size_t indent, std::size_t width) {
  constexpr std::size_t kNarrowest = 20;
  const std::size_t room = width > indent + kNarrowest ? width - indent : kNarrowest;
  std::string result;
  for (const std::string& line : wrap(text, room)) result += fmt::format("{:{}}{}\n", "", indent, line);
  return result;
}

std::vector<std::size_t> Table::widths(std::size_t width) const {
  std::vector<std::size_t> widths;
  std::vector<std::size_t> words;  // widths that break no word
  std::vector<std::size_t> least;
  for (const Column& column : columns_) {
    widths.push_back(display_width(column.title));
    least.push_back(std::max(column.least, widths.back()));
    words.push_back(least.back());
  }
  for (const Row& row : rows_) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row.cells[i]));
      words[i] = std::max(words[i], longest_word(row.cells[i]));
    }
  }
  const std::size_t gaps = kGap * (columns_.size() - 1);
  const std::size_t room = width - std::min(width, gaps);
  narrow(widths, words, room);
  narrow(widths, least, room);
  return widths;
}

std::string Table::render_row(const Row& row, const std::vector<std::size_t>& widths, bool color) const {
  std::vector<std::vector<std::string>> cells;
  std::size_t height = 1;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    cells.push_back(wrap(row.cells[i], widths[i]));
    height = std::max(height, cells.back().size());
  }
  std::string text;
  for (std::size_t number = 0; number < height; ++number) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string cell = number < cells[i].size() ? cells[i][number] : std::string();
      const std::size_t padding = widths[i] - std::min(widths[i], display_width(cell));
      if (i > 0) line.append(kGap, ' ');
      if (columns_[i].right) line.append(padding, ' ');
      line += i == 0 ? paint(row.ink, cell, color) : cell;
      if (!columns_[i].right) line.append(padding, ' ');
    }
    trim_end(line);
    text += line + "\n";
  }
  return text;
}

std::string Table::render(std::size_t width, bool color) const {
  const std::vector<std::size_t> column_widths = widths(width);
  Row titles{{}, Ink::plain};
  for (const Column& column : columns_) titles.cells.push_back(column.title);
  std::string text = render_row(titles, column_widths, color);
  for (const Row& row : rows_) text += render_row(row, column_widths, color);
  return text;
}

}  // namespace firmform::report

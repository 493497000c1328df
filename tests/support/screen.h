// SPDX-License-Identifier: Apache-2.0
// A small terminal: takes bytes with the escape sequences that Firmform uses and yields what a person would see. A
// sequence that it does not know throws, so that nothing goes to real terminals unchecked.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/text.h"
#include "engine/report/display_width.h"

namespace firmform::tests {

class Screen {
 public:
  Screen(std::size_t columns, std::size_t rows) : columns_(columns), height_(rows), rows_(rows) {}

  void write(std::string_view bytes) {
    ++writes_;
    while (!bytes.empty()) {
      if (bytes.starts_with("\x1b[")) {
        bytes.remove_prefix(escape(bytes));
      } else if (bytes.front() == '\n') {
        line_feed();
        bytes.remove_prefix(1);
      } else if (bytes.front() == '\r') {
        column_ = 0;
        bytes.remove_prefix(1);
      } else {
        bytes.remove_prefix(put(bytes));
      }
    }
  }

  /// Folds the lines anew, as most terminals do.
  void resize(std::size_t columns, std::size_t rows) {
    std::vector<std::vector<std::string>> lines;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (!rows_[i].is_folded) lines.emplace_back();
      lines.back().insert(lines.back().end(), rows_[i].cells.begin(), rows_[i].cells.end());
    }
    std::size_t line_of_cursor = 0;
    for (std::size_t i = 1; i <= row_; ++i) line_of_cursor += rows_[i].is_folded ? 0 : 1;
    columns_ = columns;
    height_ = rows;
    rows_.clear();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (i == line_of_cursor) row_ = rows_.size();
      fold(lines[i]);
    }
    rows_.resize(std::max(rows_.size(), row_ + 1));
    while (rows_.size() > height_ && row_ + 1 < rows_.size()) rows_.pop_back();
    while (rows_.size() > height_) scroll();
    rows_.resize(height_);
  }

  /// What is seen, without the empty lines at the end.
  [[nodiscard]] std::string text() const { return joined(rows_); }
  /// All that was ever kept, scrolled lines included.
  [[nodiscard]] std::string history() const {
    std::vector<Row> all = scrolled_;
    all.insert(all.end(), rows_.begin(), rows_.end());
    return joined(all);
  }
  [[nodiscard]] bool is_cursor_visible() const { return is_cursor_visible_; }
  [[nodiscard]] bool folds() const { return folds_; }
  /// How many characters had no room in their row while lines were not to be folded.
  [[nodiscard]] std::size_t lost() const { return lost_; }
  [[nodiscard]] std::size_t writes() const { return writes_; }

 private:
  struct Row {
    std::vector<std::string> cells;  ///< one per column; of a wide character the second is empty
    bool is_folded = false;          ///< goes on from the row above
  };

  std::size_t put(std::string_view bytes) {
    const std::size_t length = std::max<std::size_t>(utf8_sequence_length(bytes), 1);
    const std::string character(bytes.substr(0, length));
    const std::size_t width = report::display_width(character);
    if (width == 0) {
      if (column_ > 0) rows_[row_].cells[column_ - 1] += character;
      return length;
    }
    if (column_ + width > columns_) {
      if (!folds_) {
        ++lost_;
        return length;
      }
      line_feed();
      rows_[row_].is_folded = true;
    }
    auto& cells = rows_[row_].cells;
    cells.resize(std::max(cells.size(), column_ + width), " ");
    cells[column_] = character;
    for (std::size_t i = 1; i < width; ++i) cells[column_ + i].clear();
    column_ += width;
    return length;
  }

  void line_feed() {
    column_ = 0;
    if (row_ + 1 == height_) {
      scroll();
      rows_.resize(height_);
      ++row_;
    } else {
      ++row_;
    }
    rows_[row_].is_folded = false;
  }

  void scroll() {
    scrolled_.push_back(rows_.front());
    rows_.erase(rows_.begin());
    --row_;
  }

  void fold(const std::vector<std::string>& cells) {
    std::size_t begin = 0;
    do {
      const std::size_t end = std::min(cells.size(), begin + columns_);
      rows_.push_back(
          {{cells.begin() + static_cast<std::ptrdiff_t>(begin), cells.begin() + static_cast<std::ptrdiff_t>(end)},
           begin > 0});
      begin = end;
    } while (begin < cells.size());
  }

  std::size_t escape(std::string_view bytes) {
    const std::size_t end = bytes.find_first_not_of("0123456789;?", 2);
    if (end == std::string_view::npos) throw std::runtime_error("an escape sequence has no end");
    const std::string argument(bytes.substr(2, end - 2));
    obey(bytes[end], argument);
    return end + 1;
  }

  void obey(char command, const std::string& argument) {
    const bool is_set = command == 'h';
    if (command == 'm') return;
    if ((command == 'h' || command == 'l') && argument == "?25") {
      is_cursor_visible_ = is_set;
    } else if ((command == 'h' || command == 'l') && argument == "?7") {
      folds_ = is_set;
    } else if (command == 'A') {
      row_ -= std::min<std::size_t>(row_, std::stoul(argument.empty() ? "1" : argument));
    } else if (command == 'K' && argument.empty()) {
      erase_rest_of_row();
    } else if (command == 'J' && argument.empty()) {
      erase_rest_of_row();
      for (std::size_t i = row_ + 1; i < rows_.size(); ++i) rows_[i] = {};
    } else {
      throw std::runtime_error("unknown escape sequence: " + argument + command);
    }
  }

  void erase_rest_of_row() {
    auto& cells = rows_[row_].cells;
    cells.resize(std::min(cells.size(), column_));
  }

  static std::string joined(const std::vector<Row>& rows) {
    std::string text;
    for (const Row& row : rows) {
      std::string line;
      for (const std::string& cell : row.cells) line += cell;
      while (line.ends_with(' ')) line.pop_back();
      text += line + "\n";
    }
    while (text.ends_with("\n\n")) text.pop_back();
    return text;
  }

  std::size_t columns_;
  std::size_t height_;
  std::vector<Row> rows_;
  std::vector<Row> scrolled_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  std::size_t writes_ = 0;
  bool is_cursor_visible_ = true;
  bool folds_ = true;
  std::size_t lost_ = 0;
};

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
// Text tables that fit a width. A cell that is too wide is wrapped, never cut: versions must stay readable.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace firmform::report {

/// The colour of a symbol, as in Terraform.
enum class Ink { plain, green, yellow, red, dim };

/// `text` between escape sequences; as it is when `color` is false or the ink is plain.
[[nodiscard]] std::string paint(Ink ink, std::string_view text, bool color);

/// Breaks at spaces into lines of at most `width` characters; a longer word is broken anywhere. At least one line.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// `text` wrapped to `width` with all lines indented, each with a line ending.
[[nodiscard]] std::string paragraph(std::string_view text, std::size_t indent, std::size_t width);

struct Column {
  std::string title;
  std::size_t least = 8;  ///< characters that it is not narrowed below
  bool right = false;     ///< align to the right
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// `ink` is for the first cell, which holds the symbol.
  void add(std::vector<std::string> cells, Ink ink = Ink::plain) { rows_.push_back({std::move(cells), ink}); }

  /// Lines without trailing white space; the first holds the titles. A table whose columns cannot be
  /// narrowed any more is wider than `width`.
  [[nodiscard]] std::string render(std::size_t width, bool color) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    Ink ink;
  };
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t width) const;
  [[nodiscard]] std::string render_row(const Row& row, const std::vector<std::size_t>& widths, bool color) const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace firmform::report

// SPDX-License-Identifier: Apache-2.0
// Lays out the lines of a YAML text. A best effort: format.h checks the outcome.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/manifest/yaml_lines.h"

namespace firmform::manifest {

class Layout {
 public:
  /// The text with indentation of two spaces per level, without trailing white space, without blank lines
  /// at its ends, and with at most one elsewhere.
  [[nodiscard]] static std::string apply(std::string_view text);

 private:
  /// A column in which entries of one collection begin, before and after.
  struct Level {
    std::size_t old_column = 0;
    std::size_t column = 0;
    bool is_list = false;
  };
  struct Waiting {
    std::size_t indent = 0;
    std::string_view text;  ///< of a comment; empty for a blank line
  };

  void add(const YamlLine& line);
  void add_block(const YamlLine& line);
  void add_flow(const YamlLine& line);
  void add_continuation(const YamlLine& line);
  void add_block_scalar(const YamlLine& line);
  void enter(std::size_t column, bool is_list);
  void write_waiting(const std::vector<Level>& before);
  void write(std::size_t column, std::string_view text);
  [[nodiscard]] std::size_t comment_column(std::size_t indent, const std::vector<Level>& before) const;
  [[nodiscard]] std::size_t base() const { return levels_.empty() ? 0 : levels_.back().column; }

  std::vector<Level> levels_;
  std::vector<Waiting> waiting_;  ///< comments and blank lines whose place the next entry decides
  std::string out_;
  bool keeps_blanks_ = false;   ///< within `|+`, where blank lines at the end count
  bool scalar_starts_ = false;  ///< the next line with text decides the indentation of a block scalar
  std::size_t scalar_old_ = 0;
  std::size_t scalar_new_ = 0;
};

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
// Byte offsets to lines and columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/base/diagnostic.h"

namespace firmform::manifest {

/// Turns byte offsets, asked for in (mostly) rising order, into places: linear over all of them.
class YamlCursor {
 public:
  YamlCursor(FileId file, std::string_view text);

  /// Where the text begins, behind a byte order mark.
  [[nodiscard]] std::size_t start() const;
  /// `length` in characters; 0 counts as 1.
  [[nodiscard]] SourceSpan at(std::size_t offset, std::size_t length);

 private:
  [[nodiscard]] bool begins_character(std::size_t at) const;
  void rewind_to(std::size_t offset);
  void step();

  FileId file_;
  std::string_view text_;
  std::size_t at_;
  std::size_t line_start_;
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
};

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/report/table.h"

namespace firmform::report {

/// One line made of coloured pieces that never gets wider than it may.
class ScreenLine {
 public:
  ScreenLine(std::size_t width, bool color, bool unicode) : width_(width), color_(color), unicode_(unicode) {}

  /// What does not fit any more is cut off, with a mark; later pieces are left out then.
  void add(std::string_view piece, Ink ink = Ink::plain);

  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::size_t width_;
  bool color_;
  bool unicode_;
  std::size_t columns_ = 0;
  std::string text_;
  bool is_full_ = false;
};

}  // namespace firmform::report

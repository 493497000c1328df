// SPDX-License-Identifier: Apache-2.0
#include "engine/report/screen_line.h"

#include "engine/report/display_width.h"

namespace firmform::report {

void ScreenLine::add(std::string_view piece, Ink ink) {
  if (is_full_) return;
  const std::size_t room = width_ - columns_;
  const std::string shown = fitted(piece, room, unicode_);
  is_full_ = shown != piece;
  columns_ += display_width(shown);
  text_ += paint(ink, shown, color_);
}

}  // namespace firmform::report

// SPDX-License-Identifier: Apache-2.0
#include "engine/report/screen_painter.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/report/display_width.h"

namespace firmform::report {
namespace {

constexpr std::string_view kHideCursor = "\x1b[?25l";
constexpr std::string_view kShowCursor = "\x1b[?25h";
constexpr std::string_view kNoFolding = "\x1b[?7l";
constexpr std::string_view kFolding = "\x1b[?7h";
constexpr std::string_view kEraseRestOfLine = "\x1b[K";
constexpr std::string_view kEraseBelow = "\x1b[J";

}  // namespace

std::size_t painted_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::size_t escape = text.find("\x1b[");
    width += display_width(text.substr(0, escape));
    if (escape == std::string_view::npos) break;
    const std::size_t end = text.find('m', escape);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return width;
}

std::string ScreenPainter::to_top() const {
  std::size_t rows = 0;
  for (const std::string& line : frame_) {
    const std::size_t width = painted_width(line);
    rows += columns_ == 0 || width == 0 ? 1 : (width + columns_ - 1) / columns_;
  }
  return rows == 0 ? std::string("\r") : fmt::format("\r\x1b[{}A", rows);
}

void ScreenPainter::paint(const std::vector<std::string>& kept, std::vector<std::string> frame) {
  if (kept.empty() && frame == frame_ && (is_cursor_hidden_ || frame.empty())) return;
  std::string text;
  if (!is_cursor_hidden_) text += kHideCursor;
  text += to_top();
  if (!kept.empty()) text += kEraseBelow;
  for (const std::string& line : kept) text += line + "\n";
  // A terminal that is made narrower just now must not fold what is drawn for the old width.
  text += kNoFolding;
  for (const std::string& line : frame) text += fmt::format("{}{}\n", line, kEraseRestOfLine);
  text += kFolding;
  text += kEraseBelow;
  is_cursor_hidden_ = true;
  frame_ = std::move(frame);
  print_(text);
}

void ScreenPainter::restore() {
  if (!is_cursor_hidden_) return;
  std::string text = to_top();
  text += kEraseBelow;
  text += kShowCursor;
  is_cursor_hidden_ = false;
  frame_.clear();
  print_(text);
}

}  // namespace firmform::report

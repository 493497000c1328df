// SPDX-License-Identifier: Apache-2.0
// Redraws the last lines of a terminal in place. Each call is one write, so that nothing flickers.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace firmform::report {

/// Columns of a text that may hold colours.
[[nodiscard]] std::size_t painted_width(std::string_view text);

class ScreenPainter {
 public:
  explicit ScreenPainter(std::function<void(std::string_view)> print) : print_(std::move(print)) {}
  ScreenPainter(const ScreenPainter&) = delete;
  ScreenPainter& operator=(const ScreenPainter&) = delete;
  /// As restore().
  ~ScreenPainter() { restore(); }

  /// `kept` lines go above and stay; `frame` takes the place of the frame before. Lines are without line endings; those
  /// of a frame must fit the terminal. Writes nothing when there is nothing new.
  void paint(const std::vector<std::string>& kept, std::vector<std::string> frame);
  /// The terminal has this many columns now. It has folded the lines that do not fit any more.
  void resized(std::size_t columns) { columns_ = columns; }
  /// Takes the frame away and shows the cursor again. Painting may go on afterwards.
  void restore();

 private:
  /// From below the frame to its first row.
  [[nodiscard]] std::string to_top() const;

  std::function<void(std::string_view)> print_;
  std::vector<std::string> frame_;
  std::size_t columns_ = 0;  ///< 0: not known to have changed
  bool is_cursor_hidden_ = false;
};

}  // namespace firmform::report

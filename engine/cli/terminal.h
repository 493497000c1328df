// SPDX-License-Identifier: Apache-2.0
// Where output goes, and what that place can show.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace firmform::cli {

enum class ColorChoice { automatic, always, never };

struct TerminalSize {
  int columns = 80;
  int rows = 24;
};

struct Terminal {
  std::FILE* file = nullptr;
  bool is_tty = false;
  bool color = false;
  bool unicode = false;
  int width = 80;

  void print(std::string_view text) const;
  /// As it is now; absent of files and pipes.
  [[nodiscard]] std::optional<TerminalSize> size() const;
  /// Whether a line can be drawn over another: a terminal that is not TERM=dumb.
  [[nodiscard]] bool can_redraw() const;
  /// Fails with output_failed when what was printed could not be written (closed pipe, full disk).
  [[nodiscard]] Status flush() const;
};

/// Order of the colour rules: the choice, FORCE_COLOR and CLICOLOR_FORCE, NO_COLOR, TERM=dumb, is it a terminal.
[[nodiscard]] Terminal make_terminal(std::FILE* file, ColorChoice color);

}  // namespace firmform::cli

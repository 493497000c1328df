// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "engine/base/text.h"

namespace firmform::cli {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool wants_color(ColorChoice choice, bool is_tty) {
  if (choice == ColorChoice::always) return true;
  if (choice == ColorChoice::never) return false;
  const auto set = [](const char* name) { return !environment(name).empty() && environment(name) != "0"; };
  if (set("FORCE_COLOR") || set("CLICOLOR_FORCE")) return true;
  if (!environment("NO_COLOR").empty() || environment("TERM") == "dumb") return false;
  return is_tty;
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (environment(name).empty()) continue;
    const std::string value = to_lower(environment(name));
    return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

int columns(int descriptor) {
  constexpr int kNarrowest = 40;
  constexpr int kDefault = 120;  // files and pipes have no width of their own
  int width = 0;
  const std::string_view asked = environment("COLUMNS");
  std::from_chars(asked.data(), asked.data() + asked.size(), width);
  winsize size{};
  if (width == 0 && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  return width == 0 ? kDefault : std::max(width, kNarrowest);
}

}  // namespace

void Terminal::print(std::string_view text) const { std::fwrite(text.data(), 1, text.size(), file); }

std::optional<TerminalSize> Terminal::size() const {
  winsize size{};
  if (!is_tty || ::ioctl(::fileno(file), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  constexpr int kUsualRows = 24;
  return TerminalSize{size.ws_col, size.ws_row == 0 ? kUsualRows : size.ws_row};
}

bool Terminal::can_redraw() const { return is_tty && environment("TERM") != "dumb" && !environment("TERM").empty(); }

Status Terminal::flush() const {
  if (std::fflush(file) == 0 && std::ferror(file) == 0) return {};
  return fail(Code::output_failed, std::string("cannot write the output: ") + std::strerror(errno));
}

Terminal make_terminal(std::FILE* file, ColorChoice color) {
  const int descriptor = ::fileno(file);
  Terminal terminal;
  terminal.file = file;
  terminal.is_tty = ::isatty(descriptor) == 1;
  terminal.color = wants_color(color, terminal.is_tty);
  terminal.unicode = locale_is_utf8();
  terminal.width = columns(descriptor);
  return terminal;
}

}  // namespace firmform::cli

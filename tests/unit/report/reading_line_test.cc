// SPDX-License-Identifier: Apache-2.0
#include "engine/report/reading_line.h"

#include <catch2/catch.hpp>

#include "engine/report/display_width.h"

namespace firmform::tests {

TEST_CASE("While an inventory is read, a line says how far it is and who could not be read") {
  const report::Style wide{.width = 80};
  CHECK(report::reading_line({.hosts = 48, .done = 12}, "web-12", wide) ==
        "Reading  █████░░░░░░░░░░░░░░  12/48 hosts, last web-12");
  CHECK(report::reading_line({.hosts = 48, .done = 48, .failed = 2}, "web-48", {.width = 60, .unicode = false}) ==
        "Reading  ##############  48/48 hosts, 2 not readable, last~");
  for (int width = 1; width < 90; ++width) {
    const std::string line = report::reading_line({.hosts = 5000, .done = 1}, "データ\x1b[2J", {.width = width});
    CHECK(report::display_width(line) < static_cast<std::size_t>(std::max(width, 2)));
    CHECK(line.find('\x1b') == std::string::npos);
  }
}

}  // namespace firmform::tests

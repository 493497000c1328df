// SPDX-License-Identifier: Apache-2.0
#include "engine/report/display_width.h"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include "engine/base/text.h"
#include "engine/report/table.h"

namespace firmform::tests {

using report::display_width;
using report::first_columns;
using report::fitted;
using report::padded;

TEST_CASE("Characters take the columns that terminals give them") {
  CHECK(display_width("iLO 5") == 5);
  CHECK(display_width("é") == 1);
  CHECK(display_width("e\xCC\x81") == 1);  // a letter and an accent that combines with it
  CHECK(display_width("更新") == 4);
  CHECK(display_width("한국") == 4);
  CHECK(display_width("🙂") == 2);
  CHECK(display_width("█░✓→…") == 5);
  CHECK(display_width("a\xE2\x80\x8B"
                      "b") == 2);         // a space without a width
  CHECK(display_width("\xFF\xC3") == 2);  // malformed bytes are one each
  CHECK(display_width("") == 0);
}

TEST_CASE("A text is cut between characters, and says that it was cut") {
  CHECK(fitted("System ROM", 10, true) == "System ROM");
  CHECK(fitted("System ROM", 9, true) == "System R…");
  CHECK(fitted("System ROM", 8, true) == "System…");
  CHECK(fitted("System ROM", 9, false) == "System R~");
  CHECK(fitted("更新中です", 6, true) == "更新…");
  CHECK(fitted("更新", 1, true) == "…");
  CHECK(fitted("更新", 0, true).empty());
  CHECK(first_columns("e\xCC\x81x", 1) == "e\xCC\x81");
  CHECK(padded("更新", 6, true) == "更新  ");
}

TEST_CASE("A column of a table is as wide as its widest cell is on a terminal") {
  report::Table table({{"NAME", 4}, {"VERSION", 4}});
  table.add({"データ", "1"});
  table.add({"web-01", "2"});
  CHECK(table.render(80, false) == "NAME    VERSION\nデータ  1\nweb-01  2\n");
}

TEST_CASE("A wide character in a column that is too narrow for it ends, all the same") {
  CHECK(report::wrap("更新", 1) == std::vector<std::string>{"更", "新"});
}

TEST_CASE("No text is wider than it may be, and what fits is left as it is") {
  rc::prop("fitted", [](const std::string& bytes) {
    const std::string text = printable(bytes) + (bytes.size() % 2 == 0 ? "更新🙂" : "e\xCC\x81");
    const auto width = *rc::gen::inRange<std::size_t>(0, 30);
    const std::string shown = fitted(text, width, true);
    RC_ASSERT(display_width(shown) <= width);
    RC_ASSERT((shown == text) == (display_width(text) <= width));
    RC_ASSERT(display_width(padded(text, width, true)) == width);
    RC_ASSERT(printable(shown) == shown);
  });
}

}  // namespace firmform::tests

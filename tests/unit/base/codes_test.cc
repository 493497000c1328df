// SPDX-License-Identifier: Apache-2.0
#include "engine/base/codes.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace firmform;

TEST_CASE("every diagnostic code is explained, once, in order") {
  const auto table = code_table();
  CHECK(std::ranges::is_sorted(table, {}, &CodeInfo::code));
  CHECK(std::ranges::adjacent_find(table, {}, &CodeInfo::code) == table.end());
  for (const CodeInfo& entry : table) {
    CAPTURE(to_string(entry.code));
    CHECK_FALSE(entry.title.empty());
    CHECK(entry.meaning.ends_with('.'));
    CHECK(entry.next.ends_with('.'));
    CHECK(&info(entry.code) == &entry);
    CHECK(parse_code(to_string(entry.code)) == entry.code);
  }
}

TEST_CASE("codes are read in the spellings that people type") {
  CHECK(parse_code("FF0101") == Code::yaml_syntax);
  CHECK(parse_code("ff101") == Code::yaml_syntax);
  CHECK(parse_code("101") == Code::yaml_syntax);
  CHECK_FALSE(parse_code("FF9999"));
  CHECK_FALSE(parse_code("FF"));
  CHECK_FALSE(parse_code("FF0101x"));
}

TEST_CASE("the worst outcome wins") {
  CHECK(worst(Exit::ok, Exit::hosts_failed) == Exit::hosts_failed);
  CHECK(worst(Exit::hosts_failed, Exit::hosts_unreachable) == Exit::hosts_failed);
  CHECK(worst(Exit::internal, Exit::hosts_failed) == Exit::internal);
  for (const ExitInfo& entry : exit_table()) CHECK(worst(entry.code, Exit::ok) == entry.code);
}

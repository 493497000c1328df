// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <string>

#include "engine/json/value.h"

namespace firmform::json {
namespace {

TEST_CASE("integers stay integers, everything else is a double, and nothing overflows") {
  CHECK(parse("9223372036854775807")->as_int() == INT64_MAX);
  CHECK(parse("-9223372036854775808")->as_int() == INT64_MIN);
  CHECK(parse("18446744073709551616")->as_double() == 18446744073709551616.0);
  CHECK(parse("0e82")->as_double() == 0.0);
  CHECK(parse("0E-211")->as_double() == 0.0);
  CHECK(parse("-0.5e1")->as_double() == -5.0);
  CHECK(parse("0.1")->as_double() == 0.1);
  CHECK_FALSE(parse("1e999").has_value());
  for (const std::string text : {"01", "1.", ".5", "+1", "1e", "0x10", "NaN", "-", "1_000"}) {
    INFO(text);
    CHECK_FALSE(parse(text).has_value());
  }
}

TEST_CASE("half of a surrogate pair is refused, in values and in keys") {
  CHECK(*parse(R"("\ud83d\ude00")")->as_string() == "\xF0\x9F\x98\x80");
  CHECK(*parse("\"\xED\x9F\xBF\"")->as_string() == "\xED\x9F\xBF");  // U+D7FF is a character
  CHECK_FALSE(parse(R"("\ude00")").has_value());
  CHECK_FALSE(parse(R"("\ud83d")").has_value());
  CHECK_FALSE(parse(R"({"\ude00": 1})").has_value());
}

}  // namespace
}  // namespace firmform::json

// SPDX-License-Identifier: Apache-2.0
#include "engine/json/value.h"

#include <catch2/catch.hpp>
#include <string>

using namespace firmform;

TEST_CASE("JSON is read into values and written back") {
  const auto value = json::parse(R"({"b":[1,2.5,"x",null,true],"a":{"k":"v"}})");
  REQUIRE(value);
  CHECK((*value)["b"].items().size() == 5);
  CHECK((*value)["a"].text("k") == "v");
  CHECK((*value)["a"]["missing"]["deeper"].is_null());
  CHECK(json::dump(*value) == R"({"b":[1,2.5,"x",null,true],"a":{"k":"v"}})");
  CHECK(json::dump_canonical(*value) == R"({"a":{"k":"v"},"b":[1,2.5,"x",null,true]})");
  CHECK(*json::parse(json::dump_pretty(*value)) == *value);
}

TEST_CASE("malformed and hostile JSON is refused with the place") {
  const std::string deep(100'000, '[');
  const std::string many_keys = [] {
    std::string text = "{";
    for (int i = 0; i < 40; ++i) text += "\"k" + std::to_string(i % 39) + "\":1,";
    text.back() = '}';
    return text;
  }();
  for (const std::string& bad : {std::string(R"({"a":1,"a":2})"), std::string(R"({"a":1)"), std::string("<html>"),
                                 std::string("{} trailing"), std::string("\"\xFF\""), std::string(), deep, many_keys}) {
    CAPTURE(bad.substr(0, 40));
    const auto value = json::parse(bad);
    REQUIRE_FALSE(value);
    CHECK(value.error().code() == Code::json_malformed);
    CHECK(value.error().message().find("byte") != std::string::npos);
  }
  CHECK_FALSE(json::parse("[1,2,3]", {.max_bytes = 4}));
  CHECK_FALSE(json::parse("[1,2,3]", {.max_values = 3}));
}

TEST_CASE("a byte order mark and trailing white space are tolerated") {
  CHECK(json::parse("\xEF\xBB\xBF{\"a\":1}\r\n "));
}

TEST_CASE("objects are equal whatever the order of their members") {
  CHECK(*json::parse(R"({"a":1,"b":2})") == *json::parse(R"({"b":2,"a":1})"));
  CHECK_FALSE(*json::parse(R"({"a":1})") == *json::parse(R"({"a":1.0})"));
}

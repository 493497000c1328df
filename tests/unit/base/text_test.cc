// SPDX-License-Identifier: Apache-2.0
#include "engine/base/text.h"

#include <catch2/catch.hpp>

using namespace firmform;

TEST_CASE("globs match whole texts and stay fast on many stars") {
  CHECK(glob_match("HPE Smart Array*", "HPE Smart Array P408i"));
  CHECK_FALSE(glob_match("HPE Smart Array", "HPE Smart Array P408i"));
  CHECK(glob_match("*ROM*", "Redundant System ROM"));
  CHECK(glob_match("web-??", "web-01"));
  CHECK_FALSE(glob_match("web-??", "web-1"));
  CHECK(glob_match("*", ""));
  CHECK_FALSE(glob_match(std::string(60, '*') + "b", std::string(5000, 'a')));
}

TEST_CASE("the nearest name is what a typo meant") {
  const std::vector<std::string> names = {"baseline", "credentials", "bmc", "labels"};
  CHECK(nearest("baselin", names) == "baseline");
  CHECK(nearest("Credentials", names) == "credentials");
  CHECK(nearest("lables", names) == "labels");
  CHECK_FALSE(nearest("colour", names));
  CHECK_FALSE(nearest("xy", names));
  CHECK(edit_distance("ab", "ba") == 1);
  CHECK(edit_distance("", "abc") == 3);
}

TEST_CASE("device text cannot drive a terminal") {
  CHECK(printable("a\x1b[31mb") == "a\xEF\xBF\xBD[31mb");
  CHECK(printable("caf\xC3\xA9") == "caf\xC3\xA9");
  CHECK(printable("\xFF\xC2\x9B") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(printable("one\ntwo") == "one two");
  CHECK(utf8_length("caf\xC3\xA9") == 4);
  CHECK(utf8_length("\xE2\x82") == 2);
}

TEST_CASE("splitting keeps empty parts") {
  CHECK(split("a,,b", ',') == std::vector<std::string>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string>{""});
  CHECK(trim(" \t x y \n") == "x y");
  CHECK(counted(1, "host") == "1 host");
  CHECK(counted(0, "host") == "0 hosts");
  CHECK(counted(2, "entry", "entries") == "2 entries");
}

// SPDX-License-Identifier: Apache-2.0
#include "engine/http/message.h"

#include <catch2/catch.hpp>

#include "engine/http/transport.h"

namespace firmform::http {

TEST_CASE("header names compare without regard to case") {
  Headers headers;
  headers.add("X-Auth-Token", "abc");
  REQUIRE(headers.find("x-auth-token") == "abc");
  REQUIRE_FALSE(headers.find("X-Auth"));
}

TEST_CASE("setting a header replaces every field of that name and keeps the others in order") {
  Headers headers;
  headers.add("Accept", "a");
  headers.add("ACCEPT", "b");
  headers.add("Host", "h");
  headers.set("accept", "c");
  std::vector<std::pair<std::string, std::string>> fields(headers.begin(), headers.end());
  REQUIRE(fields == std::vector<std::pair<std::string, std::string>>{{"Host", "h"}, {"accept", "c"}});
}

TEST_CASE("methods are written and read as on the request line") {
  for (const Method method : {Method::get, Method::head, Method::post, Method::patch, Method::put, Method::delete_}) {
    REQUIRE(parse_method(to_string(method)) == method);
  }
  REQUIRE_FALSE(parse_method("get"));
  REQUIRE_FALSE(parse_method("TRACE"));
}

TEST_CASE("only failures before the first byte count as not sent") {
  REQUIRE(was_not_sent(Code::connection_refused));
  REQUIRE(was_not_sent(Code::tls_untrusted));
  REQUIRE(was_not_sent(Code::tls_wrong_name));
  REQUIRE(was_not_sent(Code::image_unreadable));
  REQUIRE_FALSE(was_not_sent(Code::no_reply));
  REQUIRE_FALSE(was_not_sent(Code::connection_lost));
  REQUIRE_FALSE(was_not_sent(Code::reply_too_large));
  REQUIRE_FALSE(was_not_sent(Code::bmc_refused_update));
}

}  // namespace firmform::http

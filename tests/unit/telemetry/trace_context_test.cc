// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/trace_context.h"

#include <catch2/catch.hpp>

using namespace firmform::telemetry;

namespace {
constexpr const char* kParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
}

TEST_CASE("TRACEPARENT names trace, span and sampling") {
  const auto context = parse_trace_parent(kParent);
  REQUIRE(context);
  CHECK(to_hex(context->trace) == "0af7651916cd43dd8448eb211c80319c");
  CHECK(to_hex(context->parent) == "b7ad6b7169203331");
  CHECK(context->sampled);
  CHECK_FALSE(parse_trace_parent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")->sampled);
  CHECK(parse_trace_parent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03")->sampled);
}

TEST_CASE("a later version of TRACEPARENT may have more behind it") {
  CHECK(parse_trace_parent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-brings"));
  CHECK_FALSE(parse_trace_parent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.x"));
  CHECK_FALSE(parse_trace_parent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"));
}

TEST_CASE("a malformed TRACEPARENT is none") {
  for (const char* text : {
           "",
           "00",
           "garbage",
           "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
           "00-00000000000000000000000000000000-b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
           "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-011",
           "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
           "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
       }) {
    INFO(text);
    CHECK_FALSE(parse_trace_parent(text));
  }
}

TEST_CASE("TRACESTATE is passed on when it is well-formed") {
  CHECK(checked_trace_state("rojo=00f067aa0ba902b7, congo=t61rcWkgMzE") == "rojo=00f067aa0ba902b7, congo=t61rcWkgMzE");
  CHECK(checked_trace_state("").empty());
  CHECK(checked_trace_state("no sign").empty());
  CHECK(checked_trace_state("a=b\r\nx: y").empty());
  std::string many;
  for (int i = 0; i < 40; ++i) many += "k" + std::to_string(i) + "=v,";
  CHECK(checked_trace_state(many).empty());
}

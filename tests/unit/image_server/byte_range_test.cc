// SPDX-License-Identifier: Apache-2.0
#include "engine/image_server/byte_range.h"

#include <catch2/catch.hpp>

using namespace firmform::image_server;

namespace {

constexpr std::uint64_t kSize = 1000;

ByteRange part(std::string_view header) {
  const auto range = parse_range(header, kSize);
  REQUIRE(std::holds_alternative<ByteRange>(range));
  return std::get<ByteRange>(range);
}

}  // namespace

TEST_CASE("a range names its first and last byte, and may leave one out") {
  CHECK(part("bytes=0-499") == ByteRange{0, 500});
  CHECK(part("bytes=500-") == ByteRange{500, 500});
  CHECK(part("bytes=-1") == ByteRange{999, 1});
  CHECK(part("Bytes = 10-10") == ByteRange{10, 1});
}

TEST_CASE("a range that goes beyond the end is cut at the end") {
  CHECK(part("bytes=990-2000") == ByteRange{990, 10});
  CHECK(part("bytes=-5000") == ByteRange{0, 1000});
  CHECK(part("bytes=0-18446744073709551615") == ByteRange{0, 1000});
}

TEST_CASE("a range behind the end cannot be satisfied") {
  for (const char* header : {"bytes=1000-", "bytes=1000-1001", "bytes=-0"}) {
    CAPTURE(header);
    CHECK(std::holds_alternative<Unsatisfiable>(parse_range(header, kSize)));
  }
  CHECK(std::holds_alternative<Unsatisfiable>(parse_range("bytes=0-", 0)));
}

TEST_CASE("what is no single range is answered with the whole") {
  for (const char* header : {"", "bytes", "bytes=", "bytes=a-b", "bytes=5-1", "bytes=0-1,5-6", "items=0-1", "bytes=--5",
                             "bytes=1", "bytes=99999999999999999999-"}) {
    CAPTURE(header);
    CHECK(std::holds_alternative<Whole>(parse_range(header, kSize)));
  }
}

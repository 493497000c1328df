// SPDX-License-Identifier: Apache-2.0
#include "engine/notify/signature.h"

#include <catch2/catch.hpp>

namespace firmform::tests {

using notify::signature_of;

TEST_CASE("Signatures are those of RFC 4231") {
  // Test cases 1, 2 and 6; the last has a key that is longer than a block.
  CHECK(signature_of("Hi There", Secret(std::string(20, '\x0b'))) ==
        "sha256=b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(signature_of("what do ya want for nothing?", Secret("Jefe")) ==
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(signature_of("Test Using Larger Than Block-Size Key - Hash Key First", Secret(std::string(131, '\xaa'))) ==
        "sha256=60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("Every byte of body and key counts") {
  const std::string signature = signature_of(R"({"event":"drift"})", Secret("key"));
  CHECK(signature != signature_of(R"({"event":"drift"} )", Secret("key")));
  CHECK(signature != signature_of(R"({"event":"drift"})", Secret("Key")));
  CHECK(signature_of(std::string("a\0b", 3), Secret("key")) != signature_of("a", Secret("key")));
}

}  // namespace firmform::tests

// SPDX-License-Identifier: Apache-2.0
#include "engine/http/pin.h"

#include <catch2/catch.hpp>

namespace firmform::http {

// SHA-256 of the empty text, in its usual spellings.
static const std::string kHex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const std::string kBase64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

TEST_CASE("a pin may be written in hexadecimal or base64") {
  REQUIRE(normalize_pin(kHex) == kBase64);
  REQUIRE(normalize_pin("sha256:" + kHex) == kBase64);
  REQUIRE(normalize_pin(kBase64) == kBase64);
  REQUIRE(normalize_pin("sha256//" + kBase64) == kBase64);
  REQUIRE(normalize_pin(kBase64.substr(0, 43)) == kBase64);
  REQUIRE(normalize_pin(" " + kHex + "\n") == kBase64);
}

TEST_CASE("fingerprints with colons, as openssl prints them, are pins too") {
  std::string with_colons;
  for (std::size_t i = 0; i < kHex.size(); i += 2) with_colons += (i == 0 ? "" : ":") + kHex.substr(i, 2);
  REQUIRE(normalize_pin(with_colons) == kBase64);
}

TEST_CASE("what is no SHA-256 is no pin") {
  for (const std::string& text : {std::string(), std::string("abc"), kHex.substr(1), kHex + "00", kBase64 + "=",
                                  kBase64.substr(0, 42) + "!=", std::string(64, 'g'),
                                  std::string("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=")}) {
    CAPTURE(text);
    REQUIRE_FALSE(normalize_pin(text));
  }
}

TEST_CASE("base64 pads to whole groups") {
  REQUIRE(base64("").empty());
  REQUIRE(base64("f") == "Zg==");
  REQUIRE(base64("fo") == "Zm8=");
  REQUIRE(base64("foobar") == "Zm9vYmFy");
}

}  // namespace firmform::http

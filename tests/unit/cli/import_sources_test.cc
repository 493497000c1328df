// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/import_sources.h"

#include <catch2/catch.hpp>

using namespace firmform;
using namespace firmform::cli;

TEST_CASE("BMCs are named by address, or by a name and an address") {
  CHECK(parse_bmc("10.0.0.1")->bmc == "https://10.0.0.1");
  CHECK(parse_bmc("https://ilo-1.example.com:8443/")->bmc == "https://ilo-1.example.com:8443");
  CHECK(parse_bmc("2001:db8::7")->bmc == "https://[2001:db8::7]");
  const auto named = parse_bmc("web-01=ilo-1:8443");
  CHECK(named->name == "web-01");
  CHECK(named->bmc == "https://ilo-1:8443");
  CHECK(parse_bmc("web-01   https://x")->name == "web-01");
}

TEST_CASE("what is no address is refused, and a password in it is not repeated") {
  for (const char* wrong :
       {"", "=", "a b c", "-x=10.0.0.1", "web 01=10.0.0.1", "https://x/path", "ftp://x", "web-01="}) {
    CAPTURE(wrong);
    CHECK(parse_bmc(wrong).error().code() == Code::usage);
  }
  CHECK(parse_bmc("https://root:canary@x").error().message().find("canary") == std::string::npos);
}

TEST_CASE("a subnet is all its addresses but those of the network and of broadcasts") {
  CHECK(addresses_of("10.1.2.3/32", false).value() == std::vector<std::string>{"10.1.2.3"});
  CHECK(addresses_of("10.1.2.3/31", false).value() == std::vector<std::string>{"10.1.2.2", "10.1.2.3"});
  CHECK(addresses_of("10.1.2.3/30", false).value() == std::vector<std::string>{"10.1.2.1", "10.1.2.2"});
  const auto large = addresses_of("10.1.240.0/20", false).value();
  CHECK(large.size() == 4094);
  CHECK(large.front() == "10.1.240.1");
  CHECK(large.back() == "10.1.255.254");
}

TEST_CASE("large subnets need a word, and very large ones are refused") {
  CHECK(addresses_of("10.0.0.0/19", false).error().code() == Code::usage);
  CHECK(addresses_of("10.0.0.0/19", true).value().size() == 8190);
  CHECK(addresses_of("10.0.0.0/16", true).value().size() == 65534);
  CHECK_FALSE(addresses_of("10.0.0.0/15", true));
  CHECK_FALSE(addresses_of("0.0.0.0/0", true));
  for (const char* wrong :
       {"10.0.0.0", "10.0.0/24", "10.0.0.256/24", "10.0.0.0/33", "10.0.0.0/-1", "::/64", "x/24", "/"}) {
    CAPTURE(wrong);
    CHECK_FALSE(addresses_of(wrong, true));
  }
}

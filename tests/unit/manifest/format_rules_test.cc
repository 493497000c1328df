// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/format_rules.h"

#include <catch2/catch.hpp>

#include "engine/manifest/cron.h"

using namespace firmform::manifest;

namespace {

bool fits(Format format, std::string_view text) {
  return rule(format).matches(text);
}

}  // namespace

TEST_CASE("a BMC's address is http(s)://host[:port]") {
  for (const char* url : {"https://10.0.0.1", "http://bmc.example:8443", "https://[fe80::1]:443", "https://h/"}) {
    CAPTURE(url);
    CHECK(fits(Format::base_url, url));
  }
  for (const char* url :
       {"10.0.0.1", "ftp://h", "https://", "https://h:0", "https://h:65536", "https://h:x", "https://h/redfish",
        "https://u:p@h", "https://h?x", "https://h h", "https://[zz]", "https://[]", "https://h:", "HTTPS://h"}) {
    CAPTURE(url);
    CHECK_FALSE(fits(Format::base_url, url));
  }
}

TEST_CASE("a cron schedule has five fields within their bounds") {
  for (const char* text :
       {"0 22 * * SAT", "*/15 0-6 1,15 jan-mar Mon-Fri", "0 0 * * 7", "59 23 31 12 0", "0  4 * * *"}) {
    CAPTURE(text);
    CHECK(is_cron(text));
  }
  for (const char* text :
       {"", "0 22 * *", "0 22 * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
        "*/0 * * * *", "5-1 * * * *", "1, * * * *", "a * * * *", "-1 * * * *", "1-2-3 * * * *", "@daily"}) {
    CAPTURE(text);
    CHECK_FALSE(is_cron(text));
  }
}

TEST_CASE("counts and percentages are positive, and percentages at most all") {
  CHECK(parse_share("1")->value == 1);
  CHECK_FALSE(parse_share("1")->percent);
  CHECK(parse_share("100%")->percent);
  for (const char* text : {"0", "0%", "101%", "-1", "1.5", "50 %", "%", "", "01", "1e3"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_share(text));
  }
}

TEST_CASE("images are files of the catalog or URLs, and never paths") {
  for (const char* text : {"ilo5_311.fwpkg", "U46 2.10.bin", "https://mirror/x/ilo.bin", "http://m:8080/a"}) {
    CAPTURE(text);
    CHECK(fits(Format::image, text));
  }
  for (const char* text : {"", "../secret", "a/b", "..", ".hidden", "a\\b", "https://m/", "https://m", "ftp://m/a",
                           "file:///etc/passwd"}) {
    CAPTURE(text);
    CHECK_FALSE(fits(Format::image, text));
  }
}

TEST_CASE("a pin is the SHA-256 of a key, in the spellings of the usual tools") {
  const std::string hex(64, 'a');
  CHECK(fits(Format::pin, hex));
  CHECK(fits(Format::pin, "sha256:" + hex));
  CHECK(fits(Format::pin, "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
  CHECK_FALSE(fits(Format::pin, "47DEQpj8"));
  CHECK_FALSE(fits(Format::pin, std::string(63, 'a')));
  CHECK_FALSE(fits(Format::sha256, "sha256:" + hex));
}

TEST_CASE("other formats take what they say and nothing else") {
  CHECK(fits(Format::name, "gen10plus-2026.10"));
  CHECK_FALSE(fits(Format::name, "-x"));
  CHECK_FALSE(fits(Format::name, "a/b"));
  CHECK_FALSE(fits(Format::name, "a b"));
  CHECK_FALSE(fits(Format::name, std::string(129, 'a')));
  CHECK(fits(Format::label, "example.org/role"));
  CHECK(fits(Format::host_glob, "web-*"));
  CHECK_FALSE(fits(Format::host_glob, "web/*"));
  CHECK(fits(Format::variable, "ILO_PASSWORD"));
  CHECK_FALSE(fits(Format::variable, "1LO"));
  CHECK_FALSE(fits(Format::variable, "ILO-PASSWORD"));
  CHECK(fits(Format::requirement, "System ROM >= U46 v1.60"));
  CHECK_FALSE(fits(Format::requirement, "System ROM U46"));
  CHECK_FALSE(fits(Format::requirement, " >= 1"));
  CHECK(fits(Format::time_zone, "America/Argentina/Buenos_Aires"));
  CHECK(fits(Format::time_zone, "UTC"));
  CHECK_FALSE(fits(Format::time_zone, "Europe/"));
  CHECK_FALSE(fits(Format::time_zone, "+02:00"));
  CHECK(fits(Format::timestamp, "2026-12-05T22:00:00+01:00"));
  CHECK_FALSE(fits(Format::timestamp, "2026-12-05"));
  CHECK_FALSE(fits(Format::text, "  "));
}

TEST_CASE("names and texts that a BMC keeps have at most 64 characters") {
  CHECK(fits(Format::bmc_name, "Christmas 2020 (old)"));
  CHECK(fits(Format::bmc_name, std::string(64, 'a')));
  for (const std::string& text : {std::string(65, 'a'), std::string(), std::string(" a"), std::string("a "),
                                  std::string("a\nb"), std::string("é"), std::string("-a")}) {
    CAPTURE(text);
    CHECK_FALSE(fits(Format::bmc_name, text));
  }
  std::string accents;
  for (int i = 0; i < 64; ++i) accents += "é";
  CHECK(fits(Format::short_text, accents));
  CHECK_FALSE(fits(Format::short_text, accents + "é"));
  CHECK_FALSE(fits(Format::short_text, "a\nb"));
}

TEST_CASE("ports are one port or a range of them") {
  CHECK(parse_ports("63000")->first == 63000);
  CHECK(parse_ports("63000")->last == 63000);
  CHECK(parse_ports("1-65535")->last == 65535);
  CHECK(parse_ports("9-8")->first == 9);
  for (const char* text : {"", "0", "65536", "1-", "-1", "1-2-3", "a", "08", "1 - 2", "1-99999", "+1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_ports(text));
  }
}

TEST_CASE("a bandwidth is whole kilo-, mega- or gigabytes per second") {
  CHECK(parse_bandwidth("800kB/s") == 800'000);
  CHECK(parse_bandwidth("50MB/s") == 50'000'000);
  CHECK(parse_bandwidth("999999GB/s") == 999'999'000'000'000);
  for (const char* text : {"", "0MB/s", "50", "50B/s", "50MB", "50Mb/s", "50mB/s", "1.5GB/s", "50 MB/s", "-1MB/s",
                           "1000000kB/s", "MB/s", "05MB/s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_bandwidth(text));
  }
}

TEST_CASE("equal places have equal canonical addresses") {
  const auto canonical = [](std::string_view url) { return canonical_base(parse_url(url).value()); };
  CHECK(canonical("https://BMC.example") == canonical("https://bmc.example:443/"));
  CHECK(canonical("http://bmc") == canonical("http://bmc:80"));
  CHECK(canonical("http://bmc") != canonical("https://bmc"));
}

// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <ostream>
#include <string>
#include <vector>

#include "engine/version/version.h"

namespace firmform::version {

std::ostream& operator<<(std::ostream& out, Ordering ordering) {
  switch (ordering) {
    case Ordering::less:
      return out << "less";
    case Ordering::equal:
      return out << "equal";
    case Ordering::greater:
      return out << "greater";
    case Ordering::incomparable:
      return out << "incomparable";
  }
  return out;
}

namespace {

Ordering reversed(Ordering ordering) {
  switch (ordering) {
    case Ordering::less:
      return Ordering::greater;
    case Ordering::greater:
      return Ordering::less;
    case Ordering::equal:
    case Ordering::incomparable:
      return ordering;
  }
  return ordering;
}

struct Pair {
  std::string a;
  Ordering expected;
  std::string b;
};

void check(const std::vector<Pair>& pairs, Scheme scheme = Scheme::automatic) {
  for (const Pair& pair : pairs) {
    INFO("'" << pair.a << "' to '" << pair.b << "'");
    CHECK(compare(pair.a, pair.b, scheme) == pair.expected);
    CHECK(compare(pair.b, pair.a, scheme) == reversed(pair.expected));
  }
}

constexpr auto less = Ordering::less;
constexpr auto equal = Ordering::equal;
constexpr auto incomparable = Ordering::incomparable;

TEST_CASE("numbers are compared as numbers, not as text") {
  check({{"1.3.4", less, "1.22.1"},
         {"4.2", less, "4.10"},
         {"9", less, "10"},
         {"1.9.9", less, "1.10"},
         {"99999999999999999999.1", less, "100000000000000000000.0"},
         {"1.2", equal, "1.2.0"},
         {"1.2", less, "1.2.1"},
         {"04.04.04.300", equal, "4.4.4.300"},
         {"4.4.4.300", less, "04.04.04.702"},
         {"06.01.04.075", equal, "6.1.4.75.0"},
         {"1.3 0", equal, "1.3.0"}});
}

TEST_CASE("H7: the four spellings of an iLO version are one version") {
  const std::vector<std::vector<std::string>> spellings = {
      {"3.11", "iLO 5 v3.11", "3.11 Feb 25 2025"},
      {"1.66", "iLO 6 v1.66", "1.66 Dec 13 2024"},
      {"1.14.00", "1.14.00 May 28 2025", "1.14"},
  };
  for (const auto& same : spellings) {
    for (const auto& a : same) {
      for (const auto& b : same) check({{a, equal, b}});
    }
  }
  check({{"iLO 5 v2.71", less, "3.11 Feb 25 2025"},
         {"1.14.00 May  8 2025", less, "1.14.00 May 28 2025"},
         {"iLO 5 v3.11", incomparable, "iLO 6 v1.66"}});
}

TEST_CASE("system ROMs of two families are incomparable, of one family ordered by number, then date") {
  check({{"U46 v2.10 (08/10/2024)", less, "U46 v2.34 (03/11/2025)"},
         {"U46 v2.10 (08/10/2024)", less, "U46 v2.10 (09/01/2024)"},
         {"U46 v2.10 (12/10/2023)", less, "U46 v2.10 (01/10/2024)"},
         {"U46 v2.10 (08/10/2024)", incomparable, "U30 v2.34 (03/11/2025)"},
         {"U46 v2.34 (03/11/2025)", equal, "v2.34 (03/11/2025)"},
         {"U46 v2.34 (03/11/2025)", equal, "U46 v2.34"},
         {"U46 v2.34 (03/11/2025)", equal, "2.34"},
         {"U46 v1.60", less, "U46 v2.10 (08/10/2024)"},
         {"v1.64 (08/11/2022)", less, "U58 v2.44 (01/17/2025)"},
         {"3.42_02-21-2025", equal, "U30 v3.42 (02/21/2025)"},
         {"A40_2.78", less, "A40 v2.80 (01/02/2024)"}});
}

TEST_CASE("Dell versions separate by dots and dashes") {
  check({{"7.00.00.171", less, "7.00.00.172"},
         {"6.00.30.00", less, "7.00.00.172"},
         {"50.0.1-0639", less, "50.0.1-0640"},
         {"50.0.1-0639", equal, "50.0.1.639"},
         {"A08", less, "A10"},
         {"A10", less, "B01"},
         {"A08", incomparable, "2.19.6"},
         {"4301A56", less, "4301A73"}});
}

TEST_CASE("Lenovo builds break ties between equal versions") {
  check({{"11A-1.02", less, "42S-2.83"},
         {"42R-2.83", less, "42S-2.83"},
         {"18Z-9.99", less, "42A-10.00"},
         {"42S-2.83", equal, "2.83"},
         {"42S-2.83", equal, "TGBT42S 2.83 2023-07-05"},
         {"U8E122J", incomparable, "22J-1.51"}});
}

TEST_CASE("hexadecimal versions compare with and without prefix") {
  check({{"0x09", less, "0x0C"},
         {"0x0C", less, "0x10"},
         {"0x15", equal, "15"},
         {"15", less, "0x16"},
         {"0x15", equal, "0X015"},
         {"0C", less, "0x0D"},
         {"0x31000030", less, "0x31000031"},
         {"96.00.AF.00.02", less, "96.00.B7.00.02"},
         {"96.00.9F.00.02", less, "96.00.A0.00.02"},
         {"95.02.39.00.01", less, "96.00.AF.00.02"},
         {"0x00 0x0b 0x03 0x04", less, "0x00 0x0b 0x03 0x0A"},
         {"0x15", incomparable, "1.5"}});
}

TEST_CASE("a group that two vendors order differently is only equal or not") {
  check({{"0.2F", equal, "0.2F"}, {"0.2F", incomparable, "0.15"}, {"0.2F", incomparable, "0.3"}});
}

TEST_CASE("git describe texts order by tag, then by commits since it") {
  check({{"2.15.0-dev-686-g100c36de90", equal, "v2.15.0-dev-686-g100c36de90"},
         {"2.15.0-dev-686-g100c36de90", less, "2.15.0-dev-700-gabcdef0123"},
         {"2.15.0-dev-686-g100c36de90", incomparable, "2.15.0-dev-686-gabcdef0123"},
         {"2.15.0-dev-686-g100c36de90", incomparable, "2.15.0-dev-686-g100c36de90-dirty"},
         {"2.15.0-dev", less, "2.15.0-dev-686-g100c36de90"},
         {"2.15.0-dev-686-g100c36de90", less, "2.15.0"},
         {"2.14.0", less, "2.15.0-dev-1-gabcdef0"},
         {"2.14.0", less, "2.14.0-3-gabcdef0"},
         {"2.15.0-rc1", less, "2.15.0-rc10"},
         {"2.15.0-rc1", less, "2.15.0"},
         {"2.15.0-dev", incomparable, "2.15.0-rc1"}});
}

TEST_CASE("builds, letters and families of other vendors") {
  check({{"13.3.0 Build 9", less, "13.3.0 Build 37"},
         {"9.1.0 Build 36", less, "13.3.0 Build 1"},
         {"4.1(3c)", less, "4.1(3d)"},
         {"4.0(2c)", less, "4.1(3d)"},
         {"1.13b", less, "1.14"},
         {"1.13b", less, "1.13c"},
         {"1.13b", incomparable, "1.13"},
         {"GB200Nvl-25.06-A", less, "GB200Nvl-25.06-B"},
         {"GB200Nvl-25.06-A", incomparable, "GB300Nvl-25.06-A"},
         {"GB200Nvl-25.06-A", equal, "25.06-A"},
         {"BF-24.10-33", less, "bf-24.10-34"},
         {"ex425.bios-1.4.3", less, "ex425.bios-1.10.0"},
         {"ex425.bios-1.4.3", incomparable, "ex235.bios-1.4.3"},
         {"01.04.0031.0000_n04", less, "01.04.0031.0000_n05"},
         {"1.45.455b66-rev4", less, "1.45.455b66-rev10"},
         {"2.30.rev1", less, "2.50"},
         {"1.0.0.0 R1.35.0", less, "V1.0.0.0 R1.36.0"},
         {"2023-07-05", less, "08/10/2024"},
         {"2023-07-05", incomparable, "20230705"}});
}

TEST_CASE("texts that no recogniser knows are equal or incomparable") {
  check({{"HPG3", equal, "hpg3"},
         {"HPG3", incomparable, "HPG4"},
         {"HPK5", incomparable, "HPG3"},
         {"E2MU200", incomparable, "85031G00"},
         {"HPG3", incomparable, "1.0"},
         {"rc", incomparable, "beta"}});
}

TEST_CASE("an unknown version is incomparable even to itself, and satisfies nothing") {
  for (const std::string text :
       {"", "   ", "N/A", "n/a", "NA", "Unknown", "Not Present", "-*", "null", "0", "''", "??"}) {
    INFO("'" << text << "'");
    CHECK(is_unknown(text));
    CHECK(compare(text, text) == incomparable);
    CHECK(compare(text, "1.0") == incomparable);
    CHECK_FALSE(satisfies(text, text));
  }
  for (const std::string text : {"0.0", "00", "1", "A", "\xc3\xa9", "NAND"}) {
    INFO("'" << text << "'");
    CHECK_FALSE(is_unknown(text));
  }
}

TEST_CASE("white space, quotes and a leading v do not count") {
  check({{" 1.2 ", equal, "1.2"},
         {"\"1.2\"", equal, "v1.2"},
         {"1.2\t  beta", equal, "1.2 beta"},
         {std::string("HPG3\0\0", 6), equal, "HPG3"},
         {"vault", incomparable, "ault"}});
}

TEST_CASE("declared semantic versions follow SemVer 2.0.0") {
  const std::vector<std::string> rising = {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                           "1.0.0-beta",  "1.0.0-beta.2",  "1.0.0-beta.11",
                                           "1.0.0-rc.1",  "1.0.0",         "2.0.0",
                                           "2.1.0",       "2.1.1"};
  for (std::size_t i = 0; i < rising.size(); ++i) {
    for (std::size_t j = i + 1; j < rising.size(); ++j) check({{rising[i], less, rising[j]}}, Scheme::semver);
  }
  check({{"1.0.0+build.1", equal, "1.0.0+build.2"},
         {"v1.0.0", equal, "1.0.0"},
         {"1.0.0-RC", less, "1.0.0-a"},
         {"1.0.0-RC", less, "1.0.0-rc"},
         {"1.2", incomparable, "1.2.0"},
         {"1.02.0", incomparable, "1.2.0"},
         {"1.0.0-01", incomparable, "1.0.0"},
         {"1.0.0-", incomparable, "1.0.0"},
         {"1.0.0+", incomparable, "1.0.0"}},
        Scheme::semver);
}

TEST_CASE("declared dotted integers are nothing but integers") {
  check({{"1.2", equal, "1.2.0.0"},
         {"01.9", less, "1.10"},
         {"1.2-3", incomparable, "1.2"},
         {"1..2", incomparable, "1.2"},
         {"3.11 Feb 25 2025", incomparable, "3.11"}},
        Scheme::dotted);
}

TEST_CASE("declared hexadecimal versions need no prefix") {
  check({{"9A", less, "A0"},
         {"9f", less, "0x100"},
         {"00000082", less, "000000a0"},
         {"0.2F", less, "0.30"},
         {"0.15", less, "0.2F"},
         {"15", equal, "0x15"},
         {"1G", incomparable, "20"},
         {"1.", incomparable, "1"}},
        Scheme::hex);
}

TEST_CASE("a declared opaque version is equal or incomparable") {
  check({{"1.2", equal, "v1.2"}, {"1.2", incomparable, "1.2.0"}, {"1.2", incomparable, "1.3"}}, Scheme::opaque);
}

TEST_CASE("the installed version satisfies the wanted one as the manifest's author means it") {
  CHECK(satisfies("3.11 Feb 25 2025", "3.11"));
  CHECK(satisfies("U46 v2.34 (03/11/2025)", "v2.34 (03/11/2025)"));
  CHECK(satisfies("U46 v2.34 (03/11/2025)", "2.34"));
  CHECK(satisfies("HPG3", "HPG3"));
  CHECK_FALSE(satisfies("U46 v2.34 (03/11/2025)", "U46 v2.34 (04/11/2025)"));
  CHECK_FALSE(satisfies("U46 v2.34 (03/11/2025)", "U58 v2.34 (03/11/2025)"));
  CHECK_FALSE(satisfies("2.10", "2.1"));
  CHECK_FALSE(satisfies("1.0.0.20", "1.0.0.2"));
}

TEST_CASE("schemes are named as in manifests and as in Redfish") {
  for (const Scheme scheme : {Scheme::automatic, Scheme::semver, Scheme::dotted, Scheme::hex, Scheme::opaque}) {
    CHECK(parse_scheme(to_string(scheme)) == scheme);
  }
  CHECK(parse_scheme("SemVer") == Scheme::semver);
  CHECK(parse_scheme("DotIntegerNotation") == Scheme::dotted);
  CHECK(parse_scheme("OEM") == Scheme::automatic);
  CHECK(parse_scheme("roman") == std::nullopt);
  CHECK(parse_scheme("") == std::nullopt);
}

}  // namespace
}  // namespace firmform::version

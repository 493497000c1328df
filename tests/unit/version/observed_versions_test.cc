// SPDX-License-Identifier: Apache-2.0
// Every version text that real inventories showed: read as intended, equal to itself, and ordered without
// contradiction against every other.
#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "engine/version/spelling.h"
#include "engine/version/version.h"

namespace firmform::version {
namespace {

struct Observed {
  std::string source;
  std::string text;
  std::string spelling;
};

std::vector<Observed> observed_versions() {
  std::ifstream file(FIRMFORM_TESTS_DIR "/unit/version/observed_versions.txt", std::ios::binary);
  std::vector<Observed> versions;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t first = line.find('\t');
    const std::size_t second = line.rfind('\t');
    REQUIRE(first < second);
    versions.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1)});
  }
  return versions;
}

std::string spelling_of(const std::string& text) {
  if (is_unknown(text)) return "unknown";
  const std::string normalized = normalize(text);
  const Reading reading = read(normalized);
  std::string spelling(reading.spelling);
  if (reading.date && reading.form != Reading::Form::date) spelling += "+date";
  return spelling;
}

TEST_CASE("every observed version is read in the spelling that its vendor means") {
  const auto versions = observed_versions();
  REQUIRE(versions.size() > 250);
  for (const Observed& version : versions) {
    INFO(version.source << ": '" << version.text << "'");
    CHECK(spelling_of(version.text) == version.spelling);
  }
}

TEST_CASE("every observed version equals itself, under each scheme") {
  for (const Observed& version : observed_versions()) {
    if (is_unknown(version.text)) continue;
    for (const Scheme scheme : {Scheme::automatic, Scheme::semver, Scheme::dotted, Scheme::hex, Scheme::opaque}) {
      INFO(version.source << ": '" << version.text << "' as " << to_string(scheme));
      CHECK(compare(version.text, version.text, scheme) == Ordering::equal);
      CHECK(satisfies(version.text, version.text, scheme));
    }
  }
}

TEST_CASE("no three observed versions contradict one another") {
  std::set<std::string> texts;
  for (const Observed& version : observed_versions()) texts.insert(version.text);
  const std::vector<std::string> versions(texts.begin(), texts.end());
  const std::size_t count = versions.size();
  std::vector<std::vector<Ordering>> order(count, std::vector<Ordering>(count));
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) order[i][j] = compare(versions[i], versions[j]);
  }
  std::size_t contradictions = 0;
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < count; ++b) {
      if ((order[a][b] == Ordering::less) != (order[b][a] == Ordering::greater)) ++contradictions;
      if (order[a][b] != Ordering::less) continue;
      for (std::size_t c = 0; c < count; ++c) {
        const bool contradiction = order[b][c] == Ordering::less && order[a][c] == Ordering::greater;
        if (!contradiction) continue;
        UNSCOPED_INFO(versions[a] << " < " << versions[b] << " < " << versions[c]);
        ++contradictions;
      }
    }
  }
  CHECK(contradictions == 0);
}

TEST_CASE("the spellings of one machine's iLO and system ROM agree with each other") {
  CHECK(compare("3.11 Feb 25 2025", "iLO 5 v3.11") == Ordering::equal);
  CHECK(compare("1.66 Dec 13 2024", "iLO 6 v1.66") == Ordering::equal);
  CHECK(compare("1.13.01 May 13 2025", "1.13.01") == Ordering::equal);
  CHECK(compare("U46 v1.80 (07/05/2023)", "U46 v2.34 (03/11/2025)") == Ordering::less);
}

}  // namespace
}  // namespace firmform::version

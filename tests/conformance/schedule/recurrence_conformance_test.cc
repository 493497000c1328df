// SPDX-License-Identifier: Apache-2.0
// Recurrences against an implementation that nobody here wrote: Debian's python3-dateutil, driven by expand_rules.py.
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/base/text.h"
#include "engine/manifest/recurrence.h"

using namespace firmform;
using namespace firmform::manifest;

namespace {

/// Whether dateutil can be asked on this machine; says so when not.
bool can_ask_dateutil() {
  const bool present = std::system("/usr/bin/python3 -c 'import dateutil.rrule' 2>/dev/null") == 0;
  if (!present) WARN("left out: needs the Debian package python3-dateutil");
  return present;
}

struct Expansion {
  std::string rule;
  std::string first;
  std::string times;
};

std::vector<Expansion> expansions(int seed, int count) {
  const std::string command =
      fmt::format("/usr/bin/python3 '{}/conformance/schedule/expand_rules.py' {} {}", FIRMFORM_TESTS_DIR, seed, count);
  std::FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  char buffer[4096];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, size);
  const int status = pclose(pipe);
  REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  std::vector<Expansion> result;
  for (const std::string& line : split(output, '\n')) {
    const auto parts = split(line, '\t');
    if (parts.size() == 3) result.push_back({parts[0], parts[1], parts[2]});
  }
  return result;
}

/// As many times as dateutil gave, and one more where it gave all there are.
std::string expanded(const Expansion& expected) {
  const auto rule = parse_recurrence(expected.rule, parse_wall_time(expected.first).value());
  if (!rule) return rule.error().message();
  constexpr int kMostTimes = 25;
  const WallTime end = parse_wall_time("2060-01-01T00:00").value();
  RecurrenceWalk walk(*rule, rule->first);
  std::string times;
  for (int i = 0; i < kMostTimes; ++i) {
    const auto time = walk.next();
    if (!time || *time >= end) break;
    times += fmt::format("{}{}", times.empty() ? "" : " ", to_wall_text(*time));
  }
  return times;
}

}  // namespace

TEST_CASE("recurrences expand as dateutil expands them") {
  if (!can_ask_dateutil()) return;
  constexpr int kRules = 1500;
  const auto rules = expansions(20261114, kRules);
  REQUIRE(rules.size() == kRules);
  std::size_t empty = 0;
  for (const Expansion& expected : rules) {
    CAPTURE(expected.rule, expected.first);
    CHECK(expanded(expected) == expected.times);
    if (expected.times.empty()) ++empty;
  }
  CHECK(empty < kRules / 4);
}

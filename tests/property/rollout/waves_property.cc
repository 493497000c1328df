// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <random>

#include "tests/property/rollout/fleet_generator.h"

namespace firmform::tests {
namespace {

using rollout::make_waves;
using rollout::Subject;
using rollout::Wave;

std::vector<std::string> names_of(const std::vector<Wave>& waves) {
  std::vector<std::string> names;
  for (const Wave& wave : waves) names.insert(names.end(), wave.hosts.begin(), wave.hosts.end());
  return names;
}

bool equal(const std::vector<Wave>& a, const std::vector<Wave>& b) {
  return std::ranges::equal(a, b, [](const Wave& x, const Wave& y) {
    return x.name == y.name && x.hosts == y.hosts && x.arithmetic == y.arithmetic;
  });
}

using Values = std::vector<std::string>;

Values combination(const Subject& host, const manifest::Canary& settings) {
  Values values;
  for (const manifest::Text& trait : settings.cover) {
    const auto value = host.traits.find(trait.value);
    values.push_back(value == host.traits.end() ? std::string() : value->second);
  }
  return values;
}

/// All that a canary must have: every combination, and whatever a member comes after.
bool is_canary(const std::set<std::string>& chosen, const std::vector<Subject>& fleet,
               const manifest::Canary& settings) {
  std::set<Values> all;
  std::set<Values> met;
  for (const Subject& host : fleet) {
    all.insert(combination(host, settings));
    if (!chosen.contains(host.name)) continue;
    met.insert(combination(host, settings));
    for (const std::string& before : host.after) {
      if (before != "nobody" && !chosen.contains(before)) return false;
    }
  }
  return settings.cover.empty() || all == met;
}

/// By trying all sets.
std::size_t smallest_canary(const std::vector<Subject>& fleet, const manifest::Canary& settings) {
  std::size_t best = fleet.size();
  for (std::size_t bits = 0; bits < (std::size_t{1} << fleet.size()); ++bits) {
    std::set<std::string> chosen;
    for (std::size_t i = 0; i < fleet.size(); ++i) {
      if ((bits >> i & 1U) != 0) chosen.insert(fleet[i].name);
    }
    const bool is_smaller = chosen.size() < best && std::cmp_greater_equal(chosen.size(), settings.hosts);
    if (is_smaller && is_canary(chosen, fleet, settings)) best = chosen.size();
  }
  return best;
}

}  // namespace

TEST_CASE("Every host is in exactly one wave, and no wave is empty") {
  rc::prop("", [] {
    const auto fleet = arbitrary_subjects(40);
    const auto waves = make_waves(arbitrary_rollout(), fleet);
    std::vector<std::string> names = names_of(waves);
    std::ranges::sort(names);
    std::vector<std::string> expected;
    for (const Subject& host : fleet) expected.push_back(host.name);
    RC_ASSERT(names == expected);
    RC_ASSERT(std::ranges::none_of(waves, [](const Wave& wave) { return wave.hosts.empty(); }));
    std::set<std::string> wave_names;
    for (const Wave& wave : waves) RC_ASSERT(wave_names.insert(wave.name).second);
  });
}

TEST_CASE("The same hosts and the same seed make the same waves, in whatever order hosts come") {
  rc::prop("", [] {
    auto fleet = arbitrary_subjects(40);
    const manifest::Rollout settings = arbitrary_rollout();
    const auto waves = make_waves(settings, fleet);
    std::mt19937 chance(*rc::gen::arbitrary<unsigned>());
    std::ranges::shuffle(fleet, chance);
    for (Subject& host : fleet) std::ranges::shuffle(host.after, chance);
    RC_ASSERT(equal(make_waves(settings, fleet), waves));
  });
}

TEST_CASE("No host comes before one that it must follow") {
  rc::prop("", [] {
    const auto fleet = arbitrary_subjects(40);
    RC_ASSERT(!rollout::find_contradiction(make_waves(arbitrary_rollout(), fleet), fleet));
  });
}

TEST_CASE("N15: a canary meets every combination and holds what its hosts come after") {
  rc::prop("", [] {
    const auto fleet = arbitrary_subjects(40);
    const manifest::Canary settings = canary(*rc::gen::inRange(1, 6), {"model", "System ROM"});
    const auto chosen = rollout::choose_canary(settings, fleet, *rc::gen::arbitrary<std::uint64_t>());
    const std::set<std::string> set(chosen.begin(), chosen.end());
    RC_ASSERT(set.size() == chosen.size());
    RC_ASSERT(is_canary(set, fleet, settings));
    RC_ASSERT((chosen.size() == fleet.size() || std::cmp_greater_equal(chosen.size(), settings.hosts)));
  });
}

TEST_CASE("Of small fleets no smaller canary exists") {
  rc::prop("", [] {
    const auto fleet = arbitrary_subjects(10, *rc::gen::inRange(2, 5));
    const manifest::Canary settings = canary(*rc::gen::inRange(1, 4), {"model", "System ROM"});
    const auto chosen = rollout::choose_canary(settings, fleet, *rc::gen::arbitrary<std::uint64_t>());
    RC_ASSERT(chosen.size() == smallest_canary(fleet, settings));
  });
}

TEST_CASE("Each batch is as large as its share says, except that the last one takes what is left") {
  rc::prop("", [] {
    const auto fleet = arbitrary_subjects(40);
    manifest::Rollout settings = arbitrary_rollout();
    settings.batches.push_back({arbitrary_share(), {}});
    const auto waves = make_waves(settings, fleet);
    const std::size_t first = settings.canary && !waves.empty() ? 1 : 0;
    for (std::size_t i = first; i < waves.size(); ++i) {
      const auto& share = settings.batches[std::min(i - first, settings.batches.size() - 1)].value;
      const std::int64_t wanted =
          share.percent ? (share.value * static_cast<std::int64_t>(fleet.size()) + 99) / 100 : share.value;
      const bool is_exact = std::cmp_equal(waves[i].hosts.size(), wanted);
      const bool is_rest = i + 1 == waves.size() && std::cmp_less(waves[i].hosts.size(), wanted);
      RC_ASSERT((is_exact || is_rest));
    }
  });
}

TEST_CASE("H5: a percentage of hosts is never nothing, and never more than all") {
  rc::prop("", [] {
    const manifest::Share share{.value = *rc::gen::inRange<std::int64_t>(1, 101), .percent = true};
    const auto whole = *rc::gen::inRange<std::size_t>(1, 1'000'000);
    const auto up = rollout::round_up(share, whole).count;
    const auto down = rollout::round_down(share, whole).count;
    RC_ASSERT((1 <= down && down <= up && std::cmp_less_equal(up, whole)));
    // At most one host apart from the exact value, on the right side of it.
    const std::int64_t exact = share.value * static_cast<std::int64_t>(whole);
    RC_ASSERT((up * 100 >= exact && (up - 1) * 100 < exact));
    RC_ASSERT((down * 100 <= exact || down == 1));
    RC_ASSERT((down + 1) * 100 > exact);
  });
}

TEST_CASE("Failures are tolerated exactly up to the percentage") {
  rc::prop("", [] {
    const manifest::Share share{.value = *rc::gen::inRange<std::int64_t>(0, 101), .percent = true};
    const auto whole = *rc::gen::inRange<std::int64_t>(1, 10'000);
    const std::int64_t failed = *rc::gen::inRange<std::int64_t>(0, whole + 1);
    const bool is_too_many = failed * 100 > share.value * whole;
    RC_ASSERT(is_too_many == (failed > rollout::tolerated(share, static_cast<std::size_t>(whole)).count));
  });
}

}  // namespace firmform::tests

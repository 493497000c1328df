// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/base/text.h"
#include "engine/rollout/canary.h"
#include "engine/rollout/precedence.h"
#include "engine/rollout/rollout.h"

namespace firmform::rollout {
namespace {

Wave canary_wave(const manifest::Canary& settings, const Precedence& fleet) {
  Canary canary = choose(settings, fleet);
  const std::size_t asked = static_cast<std::size_t>(std::max<std::int64_t>(settings.hosts, 0));
  Wave wave{.name = "canary", .hosts = {}, .arithmetic = fmt::format("{} asked for", counted(asked, "host"))};
  if (!settings.cover.empty()) {
    std::vector<std::string> names;
    for (const manifest::Text& trait : settings.cover) names.push_back(trait.value);
    wave.arithmetic +=
        fmt::format(", {} of {} to cover", counted(canary.combinations, "combination"), fmt::join(names, " and "));
  }
  const std::size_t meant = std::max(asked, canary.combinations);
  if (canary.hosts.size() > meant) {
    wave.arithmetic += fmt::format(", {} that others come after", canary.hosts.size() - meant);
  }
  for (const std::size_t host : canary.hosts) wave.hosts.push_back(fleet.hosts[host]->name);
  return wave;
}

/// Cuts `hosts` into batches; `whole` is what percentages are of.
void add_batches(const std::vector<manifest::Spanned<manifest::Share>>& batches, std::vector<std::string> hosts,
                 std::size_t whole, std::vector<Wave>& waves) {
  std::size_t done = 0;
  for (std::size_t number = 0; done < hosts.size(); ++number) {
    const manifest::Share& share = batches[std::min(number, batches.size() - 1)].value;
    Counted wanted = round_up(share, whole);
    const std::size_t left = hosts.size() - done;
    const std::size_t size = std::min(static_cast<std::size_t>(std::max<std::int64_t>(wanted.count, 1)), left);
    Wave wave{.name = fmt::format("batch {}", number + 1), .hosts = {}, .arithmetic = std::move(wanted.text)};
    if (std::cmp_greater(wanted.count, left)) wave.arithmetic += fmt::format("; {} left", left);
    const auto first = hosts.begin() + static_cast<std::ptrdiff_t>(done);
    wave.hosts.assign(std::make_move_iterator(first),
                      std::make_move_iterator(first + static_cast<std::ptrdiff_t>(size)));
    waves.push_back(std::move(wave));
    done += size;
  }
}

}  // namespace

std::vector<std::string> choose_canary(const manifest::Canary& canary, const std::vector<Subject>& subjects,
                                       std::uint64_t seed) {
  const Precedence fleet = precedence(subjects, seed);
  std::vector<std::string> names;
  for (const std::size_t host : choose(canary, fleet).hosts) names.push_back(fleet.hosts[host]->name);
  return names;
}

std::vector<Wave> make_waves(const manifest::Rollout& settings, const std::vector<Subject>& subjects) {
  if (subjects.empty()) return {};
  const Precedence fleet = precedence(subjects, static_cast<std::uint64_t>(settings.seed.value_or(1)));
  std::vector<Wave> waves;
  std::unordered_set<std::string_view> chosen;
  if (settings.canary) {
    waves.push_back(canary_wave(*settings.canary, fleet));
    chosen.insert(waves.front().hosts.begin(), waves.front().hosts.end());
  }
  std::vector<std::string> others;
  for (const std::size_t host : fleet.order) {
    if (!chosen.contains(fleet.hosts[host]->name)) others.push_back(fleet.hosts[host]->name);
  }
  if (others.empty()) return waves;
  if (!settings.batches.empty()) {
    add_batches(settings.batches, std::move(others), subjects.size(), waves);
    return waves;
  }
  std::string count = counted(others.size(), "host");
  waves.push_back(settings.canary ? Wave{"batch 1", std::move(others), fmt::format("all {} left", count)}
                                  : Wave{"all", std::move(others), std::move(count)});
  return waves;
}

std::optional<Contradiction> find_contradiction(const std::vector<Wave>& waves, const std::vector<Subject>& subjects) {
  std::unordered_map<std::string_view, const Subject*> by_name;
  for (const Subject& subject : subjects) by_name.emplace(subject.name, &subject);
  std::unordered_set<std::string_view> begun;
  for (const Wave& wave : waves) {
    for (const std::string& host : wave.hosts) {
      const auto subject = by_name.find(host);
      if (subject == by_name.end()) continue;
      for (const std::string& before : subject->second->after) {
        if (by_name.contains(before) && !begun.contains(before)) return Contradiction{host, before, wave.name};
      }
      begun.insert(host);
    }
  }
  return std::nullopt;
}

}  // namespace firmform::rollout

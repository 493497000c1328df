// SPDX-License-Identifier: Apache-2.0
#include "engine/report/rollout_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/table.h"

namespace firmform::report {
namespace {

using plan::Budget;
using plan::RolloutPlan;
using plan::Wave;

constexpr std::size_t kMostWaveLines = 4;
constexpr std::size_t kMostLabels = 3;
constexpr std::size_t kMostNames = 4;

/// Waves that follow each other and differ in nothing but their hosts.
using WaveGroup = std::span<const Wave>;

bool alike(const Wave& a, const Wave& b) {
  return a.hosts.size() == b.hosts.size() && a.max_failures == b.max_failures && a.arithmetic == b.arithmetic;
}

std::vector<WaveGroup> group_waves(const std::vector<Wave>& waves) {
  std::vector<WaveGroup> groups;
  auto begin = waves.begin();
  while (begin != waves.end()) {
    const auto end = std::find_if(begin, waves.end(), [&](const Wave& wave) { return !alike(*begin, wave); });
    groups.emplace_back(begin, end);
    begin = end;
  }
  return groups;
}

std::size_t count_hosts(std::span<const Wave> waves) {
  std::size_t count = 0;
  for (const Wave& wave : waves) count += wave.hosts.size();
  return count;
}

std::string some(const std::vector<std::string>& names) {
  const auto last = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMostNames));
  const std::string text = fmt::format("{}", fmt::join(names.begin(), last, ", "));
  return names.size() <= kMostNames ? text : fmt::format("{} and {} more", text, names.size() - kMostNames);
}

/// "batch 2 to batch 9"
std::string name_of(WaveGroup group) {
  if (group.size() == 1) return group.front().name;
  return fmt::format("{} to {}", group.front().name, group.back().name);
}

std::string size_of(WaveGroup group) {
  std::string text = counted(group.front().hosts.size(), "host");
  return group.size() == 1 ? text : text + " each";
}

/// "batch 1: 5 hosts (10% of 48 hosts = 4.8, rounded up to 5; 0 may fail)"
std::string describe(WaveGroup group) {
  const Wave& first = group.front();
  std::vector<std::string> notes;
  if (first.arithmetic != counted(first.hosts.size(), "host")) notes.push_back(printable(first.arithmetic));
  if (first.max_failures) notes.push_back(fmt::format("{} may fail", *first.max_failures));
  const std::string text = fmt::format("{}: {}", name_of(group), size_of(group));
  return notes.empty() ? text : fmt::format("{} ({})", text, fmt::join(notes, "; "));
}

/// "12 hosts", with how the number came about where it is none that the manifest gives.
std::string limit_of(const Budget& budget, std::string_view of) {
  const std::string limit = counted(static_cast<std::size_t>(std::max(budget.limit, 0)), "host");
  const std::string how = budget.arithmetic == limit ? std::string() : fmt::format(" ({})", budget.arithmetic);
  return fmt::format("{} of {}{}", limit, of, how);
}

/// Limits of the values of one label.
std::string describe(const std::vector<const Budget*>& budgets) {
  const auto [least, most] = std::ranges::minmax(budgets, {}, [](const Budget* budget) { return budget->limit; });
  const std::string all = fmt::format("each of {}", counted(budgets.size(), "value"));
  const auto is_like_first = [&](const Budget* budget) {
    return budget->limit == least->limit && budget->arithmetic == least->arithmetic;
  };
  if (budgets.size() > 1 && std::ranges::all_of(budgets, is_like_first)) return limit_of(*least, all);
  if (budgets.size() > 2) return fmt::format("{} to {} hosts of {}", least->limit, most->limit, all);
  std::vector<std::string> parts;
  for (const Budget* budget : budgets) parts.push_back(limit_of(*budget, printable(budget->value)));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string describe(const manifest::HealthGate& gate) {
  std::vector<std::string> parts;
  if (gate.bmc) parts.emplace_back("health of BMC and system");
  if (gate.sensors) parts.emplace_back("sensors");
  if (gate.post) parts.emplace_back("POST");
  if (gate.max_log_entries) {
    parts.push_back(fmt::format("event logs (but for {})",
                                counted(static_cast<std::size_t>(*gate.max_log_entries), "new warning")));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

class Writer {
 public:
  Writer(const plan::Plan& plan, const RolloutPlan& rollout, const Style& style)
      : plan_(plan), rollout_(rollout), width_(static_cast<std::size_t>(std::max(style.width, 40))) {}

  std::string write() {
    const std::size_t count = rollout_.waves.size();
    text_ += paragraph(
        fmt::format("Rollout of {} in {} (seed {}):", counted(count_hosts(rollout_.waves), "host"),
                    count > 1 ? fmt::format("{} waves, one after the other", count) : "one wave", rollout_.seed),
        0, width_);
    waves();
    gates();
    budgets();
    limits();
    return std::move(text_);
  }

 private:
  void line(std::string_view text) { text_ += paragraph(text, 2, width_); }

  void waves() {
    const std::vector<WaveGroup> groups = group_waves(rollout_.waves);
    const std::size_t shown = groups.size() > kMostWaveLines + 1 ? kMostWaveLines : groups.size();
    for (const WaveGroup group : std::span(groups).first(shown)) {
      line(describe(group));
      if (group.front().name == "canary") text_ += paragraph(some(group.front().hosts), 4, width_);
    }
    if (shown == groups.size()) return;
    const auto rest = std::span<const Wave>(groups[shown].data(), std::to_address(rollout_.waves.end()));
    line(fmt::format("and {} with {}", counted(rest.size(), "more wave"), counted(count_hosts(rest), "host")));
  }

  void gates() {
    const auto soaking = std::ranges::find_if(rollout_.waves, [](const Wave& wave) { return wave.soak > Duration(0); });
    if (soaking != rollout_.waves.end()) {
      line(fmt::format("After each wave but the last it waits {}.", to_text(soaking->soak)));
    }
    const std::string health = rollout_.health ? describe(*rollout_.health) : std::string();
    if (!health.empty()) line(fmt::format("As before on each host: {}.", health));
    pauses();
  }

  void pauses() {
    std::vector<std::string> names;
    for (const Wave& wave : rollout_.waves) {
      if (wave.pause) names.push_back(wave.name);
    }
    if (names.empty()) return;
    const bool after_all = names.size() > 1 && names.size() + 1 == rollout_.waves.size();
    line(fmt::format("A person must go on (`firmform rollout continue`) after {}.",
                     after_all ? "each wave but the last" : some(names)));
  }

  void budgets() {
    if (rollout_.budgets.empty()) return;
    std::vector<std::string> labels;
    std::map<std::string, std::vector<const Budget*>> by_label;
    for (const Budget& budget : rollout_.budgets) {
      std::vector<const Budget*>& same = by_label[budget.label];
      if (same.empty()) labels.push_back(budget.label);
      same.push_back(&budget);
    }
    line("At the same time at most:");
    const std::size_t shown = labels.size() > kMostLabels + 1 ? kMostLabels : labels.size();
    for (const std::string& label : std::span(labels).first(shown)) {
      text_ += paragraph(fmt::format("{}: {}", label, describe(by_label[label])), 4, width_);
    }
    if (shown < labels.size()) text_ += paragraph(counted(labels.size() - shown, "more label"), 4, width_);
  }

  void limits() {
    std::vector<std::string> parts;
    if (plan_.max_failures) parts.push_back(fmt::format("more than {} fail", *plan_.max_failures));
    if (rollout_.max_unreachable) {
      parts.push_back(fmt::format("more than {} cannot be reached", *rollout_.max_unreachable));
    }
    if (!parts.empty()) line(fmt::format("No host is begun once {}.", fmt::join(parts, ", or ")));
  }

  const plan::Plan& plan_;
  const RolloutPlan& rollout_;
  std::size_t width_;
  std::string text_;
};

}  // namespace

std::string rollout_text(const plan::Plan& plan, const Style& style) {
  return plan.rollout ? Writer(plan, *plan.rollout, style).write() : std::string();
}

}  // namespace firmform::report

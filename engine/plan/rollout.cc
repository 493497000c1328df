// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/rollout.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/plan/select.h"
#include "engine/rollout/rollout.h"

namespace firmform::plan {
namespace {

using manifest::Share;
using rollout::Subject;
using Labels = std::map<std::string, std::string>;

constexpr std::string_view kModel = "model";
constexpr std::string_view kLineage = "lineage";

/// With waves and no word about failures: a tenth of a wave, so none of a canary.
constexpr Share kUsualFailures{.value = 10, .percent = true};

/// The percentage that counts in each wave; empty when the manifest gives a count, or has no waves.
std::optional<Share> tolerated_share(const manifest::Rollout& settings) {
  if (settings.max_failures) {
    return settings.max_failures->value.percent ? std::optional(settings.max_failures->value) : std::nullopt;
  }
  const bool has_waves = settings.canary || !settings.batches.empty();
  return has_waves ? std::optional(kUsualFailures) : std::nullopt;
}

bool is_asked_for(const manifest::Rollout& settings) {
  return settings.canary || !settings.batches.empty() || settings.soak > Duration::zero() || settings.health ||
         !settings.pause_after.empty() || !settings.per_label.empty() || settings.max_unreachable ||
         tolerated_share(settings);
}

/// "A, B, C and 38 more"
std::string some(const std::set<std::string>& hosts) {
  constexpr std::size_t kShown = 4;
  const auto last = std::next(hosts.begin(), static_cast<std::ptrdiff_t>(std::min(hosts.size(), kShown)));
  const std::string text = fmt::format("{}", fmt::join(hosts.begin(), last, ", "));
  return hosts.size() <= kShown ? text : fmt::format("{} and {} more", text, hosts.size() - kShown);
}

/// Collects what engine/rollout asks of the hosts of a plan.
class Fleet {
 public:
  Fleet(const Inputs& inputs, const Plan& plan) : inputs_(inputs), plan_(plan) {
    for (const Action& action : plan.actions) {
      std::set<std::string>& others = after_[action.host];
      for (const ActionId need : action.needs) {
        if (plan.actions[need].host != action.host) others.insert(plan.actions[need].host);
      }
    }
    if (covers(kLineage)) add_lineages();
  }

  [[nodiscard]] std::vector<Subject> subjects() const {
    std::vector<Subject> result;
    result.reserve(after_.size());
    for (const auto& [host, after] : after_) {
      result.push_back({.name = host,
                        .labels = labels_of(host),
                        .traits = traits_of(host),
                        .after = std::vector<std::string>(after.begin(), after.end())});
    }
    return result;
  }

  /// Of all hosts of the manifest, those that nothing is planned for among them.
  [[nodiscard]] std::map<std::string, Labels> labels() const {
    std::map<std::string, Labels> result;
    for (const auto& [name, host] : inputs_.desired.hosts) result.emplace(name, labels_of(name));
    return result;
  }

 private:
  [[nodiscard]] bool covers(std::string_view trait) const {
    const auto& canary = inputs_.desired.rollout.canary;
    return canary && std::ranges::any_of(canary->cover, [&](const auto& text) { return text.value == trait; });
  }

  [[nodiscard]] std::string model_of(const std::string& host) const {
    const auto snapshot = inputs_.inventory.find(host);
    return snapshot == inputs_.inventory.end() ? std::string() : snapshot->second.system.model;
  }

  [[nodiscard]] Labels labels_of(const std::string& name) const {
    Labels labels;
    const auto host = inputs_.desired.hosts.find(name);
    if (host != inputs_.desired.hosts.end()) labels = host->second.labels;
    const std::string model = model_of(name);
    if (!model.empty()) labels[std::string(kModel)] = model;
    return labels;
  }

  [[nodiscard]] Labels traits_of(const std::string& host) const {
    Labels traits;
    if (!inputs_.desired.rollout.canary) return traits;
    for (const manifest::Text& trait : inputs_.desired.rollout.canary->cover) {
      traits[trait.value] = value_of(trait.value, host);
    }
    return traits;
  }

  [[nodiscard]] std::string value_of(const std::string& trait, const std::string& host) const {
    if (trait == kModel) return model_of(host);
    if (trait == kLineage) {
      const auto lineage = lineages_.find(host);
      return lineage == lineages_.end() ? std::string() : lineage->second;
    }
    const auto snapshot = inputs_.inventory.find(host);
    return snapshot == inputs_.inventory.end() ? std::string() : versions_of(trait, snapshot->second);
  }

  /// Where several components have the name, each version that is among them.
  static std::string versions_of(const std::string& name, const inventory::HostSnapshot& host) {
    std::set<std::string> versions;
    for (const inventory::Component* component : matching({.name = name}, host)) {
      versions.insert(component->version.value_or("unknown"));
    }
    return fmt::format("{}", fmt::join(versions, ", "));
  }

  void add_lineages() {
    for (const Change& change : plan_.changes) {
      if (change.resource != ResourceType::firmware || change.actions.empty()) continue;
      lineages_[change.host] += fmt::format("{}: {} → {}{}{}; ", change.address, change.from.value_or("unknown"),
                                            fmt::join(change.path, " → "), change.path.empty() ? "" : " → ", change.to);
    }
  }

  const Inputs& inputs_;
  const Plan& plan_;
  std::map<std::string, std::set<std::string>> after_;  ///< by host with actions
  std::map<std::string, std::string> lineages_;
};

/// A name in `cover` that no host has would let the canary cover less than was meant.
void check_cover(const Inputs& inputs, Findings& findings) {
  if (!inputs.desired.rollout.canary) return;
  for (const manifest::Text& trait : inputs.desired.rollout.canary->cover) {
    if (trait.value == kModel || trait.value == kLineage) continue;
    std::set<std::string> names;
    const bool is_known = std::ranges::any_of(inputs.inventory, [&](const auto& entry) {
      for (const inventory::Component& component : entry.second.components) names.insert(component.name);
      return !matching({.name = trait.value}, entry.second).empty();
    });
    if (is_known) continue;
    Diagnostic diagnostic{
        .code = Code::component_not_found,
        .severity = Severity::warning,
        .message = fmt::format("no host has a component `{}`, so the canary covers nothing of it", trait.value),
        .primary = Label{trait.span, "no component"}};
    const auto near = nearest(trait.value, {names.begin(), names.end()});
    diagnostic.help.push_back(near ? fmt::format("did you mean `{}`?", *near)
                                   : "`firmform inventory` lists the names of components");
    findings.add(std::move(diagnostic));
  }
}

void check_order(const std::vector<rollout::Wave>& waves, const std::vector<Subject>& subjects, Findings& findings) {
  const auto found = rollout::find_contradiction(waves, subjects);
  if (!found) return;
  findings.add(
      Diagnostic{.code = Code::rollout_order,
                 .message = fmt::format("{} is begun in wave `{}`, and {}, which it must follow, is not done by "
                                        "then",
                                        found->host, found->wave, found->predecessor),
                 .help = {std::string(info(Code::rollout_order).next)},
                 .subject = found->host});
}

void check_budget(const manifest::Rollout& settings, const rollout::Budget& budget, Findings& findings) {
  if (budget.limit > 0) return;
  const auto setting =
      std::ranges::find_if(settings.per_label, [&](const auto& entry) { return entry.first.value == budget.label; });
  Diagnostic diagnostic{.code = Code::budget_admits_none,
                        .message = fmt::format("the limit of {} {} is 0, so none of these ever begins: {}",
                                               budget.label, budget.value, some(budget.hosts)),
                        .help = {std::string(info(Code::budget_admits_none).next)},
                        .subject = *budget.hosts.begin()};
  if (setting != settings.per_label.end()) diagnostic.primary = Label{setting->first.span, "admits no host"};
  findings.add(std::move(diagnostic));
}

int tolerated(const Share& share, std::size_t hosts) {
  return static_cast<int>(rollout::tolerated(share, hosts).count);
}

bool is_paused_after(const manifest::Rollout& settings, const std::string& wave) {
  return std::ranges::any_of(settings.pause_after,
                             [&](const auto& name) { return name.value == "every" || name.value == wave; });
}

std::vector<Wave> planned_waves(const manifest::Rollout& settings, std::vector<rollout::Wave> waves) {
  std::vector<Wave> result;
  for (rollout::Wave& wave : waves) {
    const bool is_last = &wave == &waves.back();
    Wave planned{.name = std::move(wave.name),
                 .hosts = std::move(wave.hosts),
                 .soak = is_last ? Duration::zero() : settings.soak,
                 .arithmetic = std::move(wave.arithmetic)};
    planned.pause = !is_last && is_paused_after(settings, planned.name);
    if (const auto share = tolerated_share(settings)) planned.max_failures = tolerated(*share, planned.hosts.size());
    result.push_back(std::move(planned));
  }
  return result;
}

std::vector<Budget> planned_budgets(std::vector<rollout::Budget> budgets) {
  std::vector<Budget> result;
  for (rollout::Budget& budget : budgets) {
    result.push_back({.label = std::move(budget.label),
                      .value = std::move(budget.value),
                      .limit = budget.limit,
                      .hosts = std::vector<std::string>(budget.hosts.begin(), budget.hosts.end()),
                      .arithmetic = std::move(budget.arithmetic)});
  }
  return result;
}

}  // namespace

void add_rollout(const Inputs& inputs, Findings& findings, Plan& plan) {
  const manifest::Rollout& settings = inputs.desired.rollout;
  if (plan.actions.empty() || !is_asked_for(settings)) return;
  const Fleet fleet(inputs, plan);
  const std::vector<Subject> subjects = fleet.subjects();

  check_cover(inputs, findings);
  std::vector<rollout::Wave> waves = rollout::make_waves(settings, subjects);
  check_order(waves, subjects, findings);
  std::vector<rollout::Budget> budgets = rollout::make_budgets(settings, subjects, fleet.labels());
  for (const rollout::Budget& budget : budgets) check_budget(settings, budget, findings);

  if (const auto share = tolerated_share(settings)) plan.max_failures = tolerated(*share, subjects.size());
  plan.rollout = RolloutPlan{.seed = static_cast<std::uint64_t>(settings.seed.value_or(1)),
                             .waves = planned_waves(settings, std::move(waves)),
                             .budgets = planned_budgets(std::move(budgets)),
                             .health = settings.health};
  if (settings.max_unreachable) {
    plan.rollout->max_unreachable = tolerated(settings.max_unreachable->value, subjects.size());
  }
}

}  // namespace firmform::plan

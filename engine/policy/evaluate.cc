// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>

#include "engine/base/text.h"
#include "engine/policy/describe.h"

namespace firmform::policy {
namespace {

using manifest::PolicyRule;
using manifest::Text;
using plan::Change;
using plan::ChangeKind;
using plan::PlannedHost;
using plan::PolicyResult;

/// A change with what rules ask of it, found once for all rules.
struct Fact {
  const Change* change;
  std::size_t host;  ///< index into Plan::hosts
  bool restarts_host = false;
  bool restarts_bmc = false;
};

std::vector<Fact> facts_of(const plan::Plan& plan) {
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < plan.hosts.size(); ++i) places.emplace(plan.hosts[i].name, i);
  std::vector<Fact> facts;
  facts.reserve(plan.changes.size());
  for (const Change& change : plan.changes) {
    const auto place = places.find(change.host);
    if (place == places.end()) continue;
    Fact fact{.change = &change, .host = place->second};
    for (const plan::ActionId id : change.actions) {
      fact.restarts_host |= plan.actions[id].restarts == plan::Restarts::host;
      fact.restarts_bmc |= plan.actions[id].restarts == plan::Restarts::bmc;
    }
    facts.push_back(fact);
  }
  return facts;
}

bool does_something(ChangeKind kind) {
  return kind != ChangeKind::no_op && kind != ChangeKind::pending && kind != ChangeKind::blocked;
}

bool names(const Text& pattern, const Change& change) {
  return glob_match(pattern.value, change.address) || glob_match(pattern.value, change.name);
}

bool is_about(const PolicyRule& rule, const PlannedHost& host) {
  if (rule.host && !glob_match(rule.host->value, host.name)) return false;
  if (rule.model && !glob_match(rule.model->value, host.model)) return false;
  return std::ranges::all_of(rule.labels, [&](const auto& wanted) {
    const auto found = host.labels.find(wanted.first);
    return found != host.labels.end() && found->second == wanted.second.value;
  });
}

bool has_kind(const PolicyRule& rule, const Change& change) {
  if (rule.changes.empty()) return does_something(change.kind);
  return std::ranges::any_of(rule.changes,
                             [&](const Text& word) { return word.value == plan::to_string(change.kind); });
}

/// A way back that needs a permission is one; a catalog without the image has none now, and yet may get it.
bool has_way(const Change& change, bool one_way) {
  using Kind = plan::WayBack::Kind;
  if (!change.way_back) return false;
  const Kind kind = change.way_back->kind;
  return one_way ? kind == Kind::one_way : kind == Kind::image || kind == Kind::denied;
}

bool is_about(const PolicyRule& rule, const Fact& fact, const PlannedHost& host) {
  const Change& change = *fact.change;
  if (!has_kind(rule, change)) return false;
  if (rule.component && !names(*rule.component, change)) return false;
  if (rule.restarts == "host" && !fact.restarts_host) return false;
  if (rule.restarts == "bmc" && !fact.restarts_bmc) return false;
  if (rule.one_way && !has_way(change, *rule.one_way)) return false;
  return !rule.in_window || *rule.in_window == (host.window || change.scheduled);
}

/// One rule over one plan.
class Evaluation {
 public:
  Evaluation(const plan::Plan& plan, const std::vector<Fact>& facts, const PolicyRule& rule)
      : plan_(plan), rule_(rule) {
    std::vector<bool> concerned;
    concerned.reserve(plan.hosts.size());
    for (const PlannedHost& host : plan.hosts) concerned.push_back(is_about(rule, host));
    for (const Fact& fact : facts) {
      if (concerned[fact.host] && is_about(rule, fact, plan.hosts[fact.host])) found_.push_back(&fact);
    }
    if (!rule.together.empty()) keep_together();
    for (const Fact* fact : found_) hosts_.insert(fact->host);
  }

  [[nodiscard]] bool speaks_against() const {
    if (found_.empty()) return false;
    if (!rule_.more_than) return true;
    constexpr std::int64_t kHundred = 100;
    const manifest::Share& limit = rule_.more_than->value;
    return limit.percent ? count() * kHundred > limit.value * all() : count() > limit.value;
  }

  [[nodiscard]] std::string message() const {
    const std::string numbers = this->numbers();
    if (!rule_.message.empty()) return fmt::format("{} ({})", rule_.message, numbers);
    return fmt::format("{}: {}", describe(rule_), numbers);
  }

  /// Hosts, where it is their number that the rule is about.
  [[nodiscard]] std::vector<std::string> subjects() const {
    std::set<std::string> sorted;
    for (const Fact* fact : found_) {
      sorted.insert(rule_.more_than ? fact->change->host
                                    : fmt::format("{}/{}", fact->change->host, fact->change->address));
    }
    return {sorted.begin(), sorted.end()};
  }

 private:
  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(hosts_.size()); }
  [[nodiscard]] std::int64_t all() const { return static_cast<std::int64_t>(plan_.hosts.size()); }

  [[nodiscard]] std::string numbers() const {
    if (rule_.more_than) return excess(count(), all(), rule_.more_than->value);
    return fmt::format("{} on {}", counted(found_.size(), "change"), counted(hosts_.size(), "host"));
  }

  /// Leaves the changes of the listed components on hosts where each of these changes.
  void keep_together() {
    std::unordered_map<std::size_t, std::set<std::size_t>> changing;  // by host, the patterns that fit one of them
    std::vector<const Fact*> listed;
    for (const Fact* fact : found_) {
      bool is_listed = false;
      for (std::size_t i = 0; i < rule_.together.size(); ++i) {
        if (!names(rule_.together[i], *fact->change)) continue;
        changing[fact->host].insert(i);
        is_listed = true;
      }
      if (is_listed) listed.push_back(fact);
    }
    std::erase_if(listed, [&](const Fact* fact) { return changing[fact->host].size() < rule_.together.size(); });
    found_ = std::move(listed);
  }

  const plan::Plan& plan_;
  const PolicyRule& rule_;
  std::vector<const Fact*> found_;
  std::set<std::size_t> hosts_;
};

}  // namespace

PolicyResult::Outcome outcome_of(manifest::Enforcement enforcement) {
  switch (enforcement) {
    case manifest::Enforcement::warn:
      return PolicyResult::Outcome::warned;
    case manifest::Enforcement::override_:
      return PolicyResult::Outcome::override_needed;
    case manifest::Enforcement::deny:
      return PolicyResult::Outcome::denied;
  }
  return PolicyResult::Outcome::denied;
}

std::vector<PolicyResult> evaluate(const plan::Plan& plan, const manifest::Named<PolicyRule>& rules,
                                   const SourceMap& sources) {
  std::vector<PolicyResult> results;
  if (rules.empty()) return results;
  const std::vector<Fact> facts = facts_of(plan);
  for (const auto& [name, rule] : rules) {
    const Evaluation evaluation(plan, facts, rule.value);
    PolicyResult result{.rule = name, .origin = sources.describe(rule.value.span)};
    if (evaluation.speaks_against()) {
      result.outcome = outcome_of(rule.value.enforcement);
      result.message = evaluation.message();
      result.subjects = evaluation.subjects();
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace firmform::policy

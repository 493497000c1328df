// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind_policy_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/time_text.h"
#include "engine/manifest/format_rules.h"
#include "engine/manifest/node_access.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

Enforcement enforcement(const YamlNode& node) {
  const std::string word = text_or_empty(node, "enforcement");
  if (word == "warn") return Enforcement::warn;
  return word == "override" ? Enforcement::override_ : Enforcement::deny;
}

std::optional<bool> given_flag(const YamlNode& node, std::string_view key) {
  return valid(node, key) == nullptr ? std::nullopt : std::optional(flag(node, key));
}

std::optional<Spanned<Share>> tolerance(const YamlNode& node) {
  const auto value = text(node, "more_than");
  const auto share = value ? parse_tolerance(value->value) : std::nullopt;
  return share ? std::optional(Spanned<Share>{*share, value->span}) : std::nullopt;
}

class RuleBinder {
 public:
  RuleBinder(const YamlEntry& entry, Diagnostics& diagnostics)
      : entry_(entry), node_(entry.value), diagnostics_(diagnostics) {}

  PolicyRule run() {
    rule_.enforcement = enforcement(node_);
    rule_.message = text_or_empty(node_, "message");
    rule_.host = text(node_, "host");
    rule_.model = text(node_, "model");
    rule_.component = text(node_, "component");
    rule_.labels = text_map(node_, "labels");
    rule_.changes = texts(node_, "changes");
    rule_.restarts = text_or_empty(node_, "restarts");
    rule_.one_way = given_flag(node_, "one_way");
    rule_.in_window = given_flag(node_, "in_window");
    rule_.more_than = tolerance(node_);
    rule_.together = texts(node_, "together");
    rule_.span = entry_.key_span;
    if (node_.valid) check();
    return std::move(rule_);
  }

 private:
  void check() {
    check_unique(rule_.changes, "`changes`");
    check_unique(rule_.together, "`together`");
    check_says_something();
    check_together();
    check_more_than();
    check_kinds();
  }

  void refuse(std::string message, SourceSpan span, std::string label, std::string help) {
    Diagnostic found = problem(Code::rule_unusable, std::move(message), span, std::move(label));
    found.help.push_back(std::move(help));
    diagnostics_.add(std::move(found));
  }

  void check_unique(const std::vector<Text>& items, const std::string& where) {
    std::map<std::string, SourceSpan> known;
    for (const Text& item : items) {
      const auto [place, fresh] = known.emplace(item.value, item.span);
      if (!fresh) diagnostics_.add(listed_twice(item, place->second, where));
    }
  }

  void check_says_something() {
    const bool selects = rule_.host || rule_.model || rule_.component || !rule_.labels.empty() ||
                         !rule_.changes.empty() || !rule_.restarts.empty() || rule_.one_way || rule_.in_window ||
                         rule_.more_than || !rule_.together.empty();
    if (selects) return;
    refuse(fmt::format("policy rule `{}` selects nothing", entry_.key), entry_.key_span,
           "speaks against every plan that changes something",
           "say which changes it is about, as `changes:` or `host:`");
  }

  void check_together() {
    constexpr std::size_t kTwo = 2;
    if (rule_.together.empty() || rule_.together.size() >= kTwo) return;
    refuse("`together` has one component, and nothing that it could be together with", rule_.together.front().span,
           "the only one", "add the component that it must not change together with, or use `component:`");
  }

  void check_more_than() {
    constexpr std::int64_t kAll = 100;
    if (!rule_.more_than || !rule_.more_than->value.percent || rule_.more_than->value.value < kAll) return;
    refuse("there are never more hosts with changes than all", rule_.more_than->span, "can never be exceeded",
           "give a smaller percentage, or a count of hosts");
  }

  /// What is blocked or with the BMC already has no action of the plan, and so none that restarts something.
  void check_kinds() {
    const auto acts = [](const Text& word) { return word.value != "blocked" && word.value != "pending"; };
    if (rule_.changes.empty() || std::ranges::any_of(rule_.changes, acts)) return;
    if (!rule_.restarts.empty()) never("restarts", "have no actions that could restart something");
    if (rule_.one_way) never("one_way", "are not made by this plan, so that nothing has to be taken back");
  }

  void never(std::string_view key, std::string_view why) {
    refuse(fmt::format("`{}` never holds for these changes", key), valid(node_, key)->span, "rules out every change",
           fmt::format("remove it: changes that are blocked or pending {}", why));
  }

  const YamlEntry& entry_;
  const YamlNode& node_;
  Diagnostics& diagnostics_;
  PolicyRule rule_;
};

Duration timeout(const YamlNode& node, Diagnostics& diagnostics) {
  constexpr Duration kMost = std::chrono::hours(1);
  const auto value = text(node, "timeout");
  if (!value) return PolicyCommand().timeout;
  const Duration length = parse_duration(value->value).value_or(Duration::zero());
  if (length < std::chrono::seconds(1) || length > kMost) {
    diagnostics.add(problem(Code::invalid_value, fmt::format("a program cannot be given `{}`", value->value),
                            value->span, "expected at least 1s and at most 1h"));
  }
  return length;
}

Diagnostic same_name(const YamlEntry& entry, SourceSpan rule) {
  Diagnostic found =
      problem(Code::defined_twice, fmt::format("`{}` is the name of a policy rule and of a program", entry.key),
              entry.key_span, "the program");
  found.secondary.push_back({rule, "the rule"});
  found.help.emplace_back("rename one of them: `-override` could mean either");
  return found;
}

}  // namespace

Named<PolicyRule> bind_policy_rules(const YamlNode& node, Diagnostics& diagnostics) {
  Named<PolicyRule> rules;
  for (const YamlEntry& entry : node.entries) {
    rules[entry.key] = {RuleBinder(entry, diagnostics).run(), entry.key_span};
  }
  return rules;
}

Named<PolicyCommand> bind_policy_commands(const YamlNode& node, const Named<PolicyRule>& rules,
                                          Diagnostics& diagnostics) {
  Named<PolicyCommand> commands;
  for (const YamlEntry& entry : node.entries) {
    PolicyCommand command;
    for (Text& argument : texts(entry.value, "run")) command.argv.push_back(std::move(argument.value));
    command.enforcement = enforcement(entry.value);
    command.timeout = timeout(entry.value, diagnostics);
    command.span = entry.key_span;
    const auto rule = rules.find(entry.key);
    if (rule != rules.end()) diagnostics.add(same_name(entry, rule->second.span));
    commands[entry.key] = {std::move(command), entry.key_span};
  }
  return commands;
}

}  // namespace firmform::manifest

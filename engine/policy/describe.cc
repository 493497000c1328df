// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/describe.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace firmform::policy {
namespace {

std::string joined(const std::vector<manifest::Text>& texts, std::string_view quote, std::string_view last) {
  std::string result;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) result += i + 1 == texts.size() ? fmt::format(" {} ", last) : ", ";
    result += fmt::format("{}{}{}", quote, texts[i].value, quote);
  }
  return result;
}

std::string what_changes(const manifest::PolicyRule& rule) {
  std::string kinds = rule.changes.empty() ? "change" : joined(rule.changes, "", "or");
  if (rule.component) return fmt::format("{} of `{}`", kinds, rule.component->value);
  if (!rule.together.empty()) return fmt::format("{} of {} together", kinds, joined(rule.together, "`", "and"));
  return kinds;
}

std::string which_hosts(const manifest::PolicyRule& rule) {
  std::string text;
  if (rule.host) text += fmt::format(", on hosts `{}`", rule.host->value);
  if (rule.model) text += fmt::format(", on models `{}`", rule.model->value);
  for (const auto& [label, value] : rule.labels) text += fmt::format(", with the label `{}: {}`", label, value.value);
  return text;
}

}  // namespace

std::string describe(const manifest::PolicyRule& rule) {
  std::string text = what_changes(rule);
  if (!rule.restarts.empty()) text += fmt::format(" that restarts the {}", rule.restarts == "bmc" ? "BMC" : "host");
  if (rule.one_way) text += *rule.one_way ? " without a way back" : " with a way back";
  if (rule.in_window) text += *rule.in_window ? " in a maintenance window" : " outside of maintenance windows";
  text += which_hosts(rule);
  if (rule.more_than) text += ", on too many hosts";
  return text;
}

std::string excess(std::int64_t hosts, std::int64_t all, const manifest::Share& limit) {
  constexpr int kMostDecimals = 6;
  constexpr double kHundred = 100;
  if (!limit.percent) return fmt::format("{} of {} hosts > {}", hosts, all, limit.value);
  const double percent = kHundred * static_cast<double>(hosts) / static_cast<double>(all);
  int decimals = 0;
  double shown = std::round(percent);
  for (double scale = 10; shown <= static_cast<double>(limit.value) && decimals < kMostDecimals; scale *= 10) {
    ++decimals;
    shown = std::round(percent * scale) / scale;
  }
  return fmt::format("{} of {} hosts = {:.{}f} % > {} %", hosts, all, percent, decimals, limit.value);
}

}  // namespace firmform::policy

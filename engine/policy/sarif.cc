// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/sarif.h"

#include <algorithm>
#include <map>
#include <optional>

#include "engine/policy/line.h"

namespace firmform::policy {
namespace {

using json::Value;
using Level = Finding::Level;

/// What a rule's results are where they do not say themselves (3.49.14, 3.50.3).
using DefaultLevels = std::map<std::string, std::string, std::less<>>;

DefaultLevels default_levels(const Value& run) {
  DefaultLevels levels;
  for (const Value& rule : run["tool"]["driver"]["rules"].items()) {
    const std::string_view level = rule["defaultConfiguration"].text("level");
    if (!level.empty()) levels.emplace(rule.text("id"), level);
  }
  return levels;
}

/// The name of a result's rule, which it may give by the place in the tool's table alone (3.27.5 to 3.27.7).
std::string rule_of(const Value& run, const Value& result) {
  if (const std::string_view id = result.text("ruleId"); !id.empty()) return std::string(id);
  if (const std::string_view id = result["rule"].text("id"); !id.empty()) return std::string(id);
  auto index = result["ruleIndex"].as_int();
  if (!index) index = result["rule"]["index"].as_int();
  const json::Array& rules = run["tool"]["driver"]["rules"].items();
  if (!index || *index < 0 || *index >= static_cast<std::int64_t>(rules.size())) return {};
  return std::string(rules[static_cast<std::size_t>(*index)].text("id"));
}

/// Accepted suppressions take a result out (3.27.23, 3.35.3).
bool is_suppressed(const Value& result) {
  const json::Array& suppressions = result["suppressions"].items();
  return !suppressions.empty() && std::ranges::all_of(suppressions, [](const Value& suppression) {
    const std::string_view status = suppression.text("status");
    return status.empty() || status == "accepted";
  });
}

/// Empty for a word that SARIF does not know.
std::optional<Level> level_of(const Value& result, const std::string& rule, const DefaultLevels& defaults) {
  const std::string_view kind = result.text("kind");
  if (!kind.empty() && kind != "fail") {
    const bool harmless = kind == "pass" || kind == "informational" || kind == "notApplicable";
    if (harmless) return Level::passed;
    return kind == "open" || kind == "review" ? std::optional(Level::warning) : std::nullopt;
  }
  std::string level(result.text("level"));
  if (level.empty()) {
    const auto found = defaults.find(rule);
    level = found == defaults.end() ? "warning" : found->second;
  }
  if (level == "error") return Level::failure;
  if (level == "warning") return Level::warning;
  return level == "note" || level == "none" ? std::optional(Level::passed) : std::nullopt;
}

std::vector<std::string> subjects_of(const Value& result) {
  std::vector<std::string> subjects;
  for (const Value& location : result["locations"].items()) {
    for (const Value& logical : location["logicalLocations"].items()) {
      const std::string_view full = logical.text("fullyQualifiedName");
      const std::string_view name = full.empty() ? logical.text("name") : full;
      if (!name.empty()) subjects.push_back(one_line(name));
    }
  }
  return subjects;
}

tl::unexpected<Error> undecided(std::string message) {
  return fail(Code::policy_undecided, std::move(message));
}

Status read_run(const Value& run, std::vector<Finding>& findings) {
  for (const Value& invocation : run["invocations"].items()) {
    if (invocation["executionSuccessful"].as_bool() == std::optional(false)) {
      return undecided("its SARIF says that it did not run to its end");
    }
  }
  if (!run["results"].is_array()) return undecided("its SARIF has a run without `results`");
  const DefaultLevels defaults = default_levels(run);
  const std::size_t before = findings.size();
  for (const Value& result : run["results"].items()) {
    const std::string rule = rule_of(run, result);
    const auto level = level_of(result, rule, defaults);
    const std::string message = one_line(result["message"].text("text"));
    if (!level) return undecided("its SARIF has a result with an unknown `level` or `kind`");
    if (*level == Level::passed || is_suppressed(result)) continue;
    if (message.empty()) return undecided("its SARIF has a result without `message.text`");
    findings.push_back({one_line(rule), *level, message, subjects_of(result)});
  }
  if (findings.size() == before) findings.push_back({.rule = {}, .message = {}, .subjects = {}});
  return {};
}

}  // namespace

Result<std::vector<Finding>> read_sarif(const Value& log) {
  if (log.text("version") != "2.1.0") return undecided("its SARIF is not of version 2.1.0");
  if (log["runs"].items().empty()) return undecided("its SARIF has no run");
  std::vector<Finding> findings;
  for (const Value& run : log["runs"].items()) {
    if (const Status read = read_run(run, findings); !read) return fail(read.error());
  }
  return findings;
}

}  // namespace firmform::policy

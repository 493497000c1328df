// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/policy_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/manifest/labels.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

bool has_labels(const Host& host, const std::map<std::string, Text>& labels) {
  return std::ranges::all_of(labels, [&](const auto& wanted) {
    const auto found = host.labels.find(wanted.first);
    return found != host.labels.end() && found->second.value == wanted.second.value;
  });
}

Diagnostic about_no_host(std::string message, SourceSpan span, std::string label) {
  Diagnostic found = problem(Code::rule_unusable, std::move(message), span, std::move(label));
  found.help.emplace_back("correct the selection, or remove the rule");
  return found;
}

class PolicyCheck {
 public:
  explicit PolicyCheck(const Manifest& manifest) : manifest_(manifest), labels_(manifest) {}

  Diagnostics run() {
    for (const auto& [name, rule] : manifest_.policies.rules) check(name, rule.value);
    return std::move(diagnostics_);
  }

 private:
  void check(const std::string& name, const PolicyRule& rule) {
    if (auto unknown = labels_.unknown_in(rule.labels)) return diagnostics_.add(*std::move(unknown));
    if (!rule.host && rule.labels.empty()) return;
    bool name_matches = !rule.host;
    for (const auto& [host_name, host] : manifest_.hosts) {
      if (rule.host && !glob_match(rule.host->value, host_name)) continue;
      name_matches = true;
      if (has_labels(host.value, rule.labels)) return;
    }
    if (!name_matches) return unknown_host(*rule.host);
    diagnostics_.add(about_no_host(fmt::format("policy rule `{}` is about no host", name), rule.span,
                                   "no host has all that it asks for"));
  }

  void unknown_host(const Text& pattern) {
    Diagnostic found = about_no_host(fmt::format("no host has the name `{}`", pattern.value), pattern.span,
                                     "matches no host of the manifest");
    std::vector<std::string> names;
    for (const auto& [name, host] : manifest_.hosts) names.push_back(name);
    if (const auto near = nearest(pattern.value, names)) {
      found.help.insert(found.help.begin(), fmt::format("did you mean `{}`?", *near));
    }
    diagnostics_.add(std::move(found));
  }

  const Manifest& manifest_;
  KnownLabels labels_;
  Diagnostics diagnostics_;
};

}  // namespace

Diagnostics check_policy_rules(const Manifest& manifest) {
  if (manifest.policies.rules.empty() || manifest.hosts.empty()) return {};
  return PolicyCheck(manifest).run();
}

}  // namespace firmform::manifest

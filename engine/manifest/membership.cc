// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/membership.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>

#include "engine/base/text.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

bool has_labels(const Host& host, const Match& match) {
  return std::ranges::all_of(match.labels, [&](const auto& wanted) {
    const auto label = host.labels.find(wanted.first);
    return label != host.labels.end() && label->second.value == wanted.second.value;
  });
}

bool selects(const Match& match, const std::string& host_name, const Host& host) {
  return has_labels(host, match) && (!match.name || glob_match(match.name->value, host_name));
}

/// Names and labels of all hosts: what a selector could have meant.
struct Known {
  std::map<std::string, std::set<std::string>> labels;  ///< values by key
  std::vector<std::string> names;
};

Known known_of(const Manifest& manifest) {
  Known known;
  for (const auto& [name, host] : manifest.hosts) {
    known.names.push_back(name);
    for (const auto& [key, value] : host.value.labels) known.labels[key].insert(value.value);
  }
  return known;
}

std::vector<std::string> keys_of(const std::map<std::string, std::set<std::string>>& labels) {
  std::vector<std::string> keys;
  for (const auto& [key, values] : labels) keys.push_back(key);
  return keys;
}

void suggest(Diagnostic& diagnostic, std::string_view wrong, const std::vector<std::string>& names) {
  if (const auto near = nearest(wrong, names)) diagnostic.help.push_back(fmt::format("did you mean `{}`?", *near));
}

/// Explains a label that no host has. False when every label alone is had by some host.
bool explain_labels(Diagnostic& diagnostic, const Known& known, const Match& match) {
  for (const auto& [key, value] : match.labels) {
    const auto label = known.labels.find(key);
    if (label != known.labels.end() && label->second.contains(value.value)) continue;
    diagnostic.primary->span = value.span;
    if (label == known.labels.end()) {
      diagnostic.primary->text = fmt::format("no host has a label `{}`", key);
      suggest(diagnostic, key, keys_of(known.labels));
    } else {
      diagnostic.primary->text = fmt::format("no host has `{}: {}`", key, value.value);
      suggest(diagnostic, value.value, {label->second.begin(), label->second.end()});
    }
    return true;
  }
  return false;
}

void explain(Diagnostic& diagnostic, const Known& known, const Match& match) {
  if (explain_labels(diagnostic, known, match) || !match.name) return;
  const auto fits = [&](const std::string& name) { return glob_match(match.name->value, name); };
  if (std::ranges::any_of(known.names, fits)) return;
  diagnostic.primary = Label{match.name->span, fmt::format("no host name matches `{}`", match.name->value)};
  suggest(diagnostic, match.name->value, known.names);
}

}  // namespace

Membership::Membership(const Manifest& manifest) : manifest_(manifest) {
  for (const auto& group : manifest.groups) {
    const Match& match = group.second.value.match.value;
    if (!match.labels.empty()) {
      const auto& [key, value] = *match.labels.begin();
      by_label_[{key, value.value}].push_back(&group);
    } else if (match.name && !is_glob(match.name->value)) {
      by_name_[match.name->value].push_back(&group);
    } else if (match.name || match.model) {
      others_.push_back(&group);
    }
  }
}

std::vector<NamedGroup> Membership::groups_of(const std::string& host_name, const Host& host) {
  std::vector<NamedGroup> candidates = others_;
  if (const auto named = by_name_.find(host_name); named != by_name_.end()) {
    candidates.insert(candidates.end(), named->second.begin(), named->second.end());
  }
  for (const auto& [key, value] : host.labels) {
    const auto labelled = by_label_.find({key, value.value});
    if (labelled != by_label_.end()) {
      candidates.insert(candidates.end(), labelled->second.begin(), labelled->second.end());
    }
  }
  std::erase_if(candidates,
                [&](NamedGroup group) { return !selects(group->second.value.match.value, host_name, host); });
  matched_.insert(candidates.begin(), candidates.end());
  std::ranges::sort(candidates, {},
                    [](NamedGroup group) { return std::tuple(-group->second.value.priority, group->first); });
  return candidates;
}

Diagnostics Membership::unmatched() const {
  constexpr std::size_t kMostExplained = 100;  // explaining costs time for each, and nobody reads more
  Diagnostics diagnostics;
  std::optional<Known> known;
  std::size_t reported = 0;
  for (const auto& group : manifest_.groups) {
    const Spanned<Match>& match = group.second.value.match;
    if (!group.second.value.complete || matched_.contains(&group)) continue;
    Diagnostic diagnostic = problem(Code::group_matches_nothing, fmt::format("group `{}` matches no host", group.first),
                                    match.span, "no host meets all of this");
    if (!known) known = known_of(manifest_);
    if (reported++ < kMostExplained) explain(diagnostic, *known, match.value);
    diagnostics.add(std::move(diagnostic));
  }
  return diagnostics;
}

}  // namespace firmform::manifest

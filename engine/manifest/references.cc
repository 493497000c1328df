// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/references.h"

#include <fmt/format.h>

#include <map>
#include <string_view>

#include "engine/base/text.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

/// Looking for near names costs time for each; nobody reads so many suggestions.
constexpr std::size_t kMostSuggestions = 100;

struct Section {
  std::string_view singular;
  std::map<std::string_view, SourceSpan> names;
};

template <class Entries>
Section section(std::string_view singular, const Entries& entries) {
  Section result{singular, {}};
  for (const auto& [name, entry] : entries) {
    if constexpr (std::is_same_v<std::decay_t<decltype(entry)>, SourceSpan>) {
      result.names.emplace(name, entry);
    } else {
      result.names.emplace(name, entry.span);
    }
  }
  return result;
}

std::map<std::string_view, Section> sections_of(const Manifest& manifest) {
  std::map<std::string_view, Section> sections;
  sections.emplace("credentials", section("entry", manifest.credentials));
  sections.emplace("hosts", section("host", manifest.hosts));
  sections.emplace("baselines", section("baseline", manifest.baselines));
  sections.emplace("install_sets", section("install set", manifest.install_sets));
  sections.emplace("maintenance_windows", section("maintenance window", manifest.maintenance_windows));
  sections.emplace("repositories", section("repository", manifest.repositories));
  return sections;
}

void suggest(Diagnostic& diagnostic, const std::string& wrong, const Section& section) {
  std::vector<std::string> names;
  for (const auto& [name, span] : section.names) names.emplace_back(name);
  const auto near = nearest(wrong, names);
  if (!near) return;
  diagnostic.help.push_back(fmt::format("did you mean `{}`?", *near));
  diagnostic.secondary.push_back({section.names.at(*near), fmt::format("`{}` is defined here", *near)});
}

}  // namespace

Diagnostics check_references(const Manifest& manifest) {
  Diagnostics diagnostics;
  const auto sections = sections_of(manifest);
  std::size_t reported = 0;
  for (const Reference& reference : manifest.references) {
    const Section& section = sections.at(reference.section);
    if (manifest.incomplete.contains(reference.section) || section.names.contains(reference.name.value)) continue;
    Diagnostic dangling = problem(Code::unknown_reference,
                                  fmt::format("`{}` is not defined in `{}`", reference.name.value, reference.section),
                                  reference.name.span, fmt::format("no such {}", section.singular));
    if (reported++ < kMostSuggestions) suggest(dangling, reference.name.value, section);
    diagnostics.add(std::move(dangling));
  }
  return diagnostics;
}

}  // namespace firmform::manifest

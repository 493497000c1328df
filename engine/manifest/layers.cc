// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/layers.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {

std::string Layer::describe() const {
  return name.empty() ? std::string(kind) : fmt::format("{} {}", kind, name);
}

std::vector<Layer> layers_of(const std::string& host_name, const Host& host, const std::vector<NamedGroup>& groups,
                             const Settings& defaults) {
  std::vector<Layer> layers;
  layers.push_back({kHostPrecedence, &host.settings, "host", host_name, {}});
  for (const NamedGroup group : groups) {
    const Group& value = group->second.value;
    Layer layer{static_cast<int>(value.priority), &value.settings, "group", group->first, {}};
    if (value.match.value.model) layer.model = value.match.value.model->value;
    layers.push_back(std::move(layer));
  }
  layers.push_back({kDefaultsPrecedence, &defaults, "defaults", {}, {}});
  return layers;
}

void Conflicts::add(std::string_view key, const Side& a, const Side& b, const std::string& host, SourceSpan host_span) {
  // In order of place, so that the same pair is the same entry for every host.
  const Side& first = a.span < b.span ? a : b;
  const Side& second = a.span < b.span ? b : a;
  const auto [place, fresh] =
      entries_.try_emplace({std::string(key), first.span, second.span}, Entry{Diagnostic{Code::group_conflict}, host});
  Entry& entry = place->second;
  ++entry.hosts;
  if (!fresh) return;
  entry.diagnostic = problem(Code::group_conflict,
                             fmt::format("groups `{}` and `{}` have equal priority and disagree on `{}`",
                                         first.layer.name, second.layer.name, key),
                             second.span, fmt::format("`{}` gives `{}`", second.layer.name, second.value));
  entry.diagnostic.secondary = {{first.span, fmt::format("`{}` gives `{}`", first.layer.name, first.value)},
                                {host_span, "belongs to both groups"}};
}

Diagnostics Conflicts::take() {
  Diagnostics diagnostics;
  for (auto& [key, entry] : entries_) {
    if (entry.hosts > 1) {
      entry.diagnostic.notes.push_back(
          fmt::format("concerns `{}` and {}", entry.first_host, counted(entry.hosts - 1, "more host")));
    }
    diagnostics.add(std::move(entry.diagnostic));
  }
  entries_.clear();
  return diagnostics;
}

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/labels.h"

#include <fmt/format.h>

#include <vector>

#include "engine/base/text.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

Diagnostic unknown_label(std::string message, SourceSpan span, const std::string& wrong,
                         const std::vector<std::string>& known) {
  Diagnostic found = problem(Code::unknown_label, std::move(message), span, "does nothing");
  if (const auto near = nearest(wrong, known)) found.help.push_back(fmt::format("did you mean `{}`?", *near));
  return found;
}

}  // namespace

KnownLabels::KnownLabels(const Manifest& manifest) {
  for (const auto& [name, host] : manifest.hosts) {
    for (const auto& [key, value] : host.value.labels) values_[key].insert(value.value);
  }
}

std::optional<Diagnostic> KnownLabels::unknown(const Text& label) const {
  if (values_.contains(label.value)) return std::nullopt;
  std::vector<std::string> keys;
  for (const auto& [key, values] : values_) keys.push_back(key);
  return unknown_label(fmt::format("no host has a label `{}`", label.value), label.span, label.value, keys);
}

std::optional<Diagnostic> KnownLabels::unknown_in(const std::map<std::string, Text>& labels) const {
  for (const auto& [key, value] : labels) {
    const auto label = values_.find(key);
    if (label == values_.end()) return unknown({key, value.span});
    if (label->second.contains(value.value)) continue;
    return unknown_label(fmt::format("no host has the label `{}: {}`", key, value.value), value.span, value.value,
                         {label->second.begin(), label->second.end()});
  }
  return std::nullopt;
}

}  // namespace firmform::manifest

// SPDX-License-Identifier: Apache-2.0
// The labels that hosts have, to hold what refers to them against.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "engine/manifest/manifest.h"

namespace firmform::manifest {

class KnownLabels {
 public:
  explicit KnownLabels(const Manifest& manifest);

  /// What is wrong with a label that no host has.
  [[nodiscard]] std::optional<Diagnostic> unknown(const Text& label) const;
  /// What is wrong with the first of these labels that no host has with that value.
  [[nodiscard]] std::optional<Diagnostic> unknown_in(const std::map<std::string, Text>& labels) const;

 private:
  std::map<std::string, std::set<std::string>> values_;  ///< by label
};

}  // namespace firmform::manifest

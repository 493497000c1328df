// SPDX-License-Identifier: Apache-2.0
// Which freeze periods concern a host.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/manifest/desired.h"

namespace firmform::manifest {

class Freezes {
 public:
  explicit Freezes(const Manifest& manifest);

  /// In order of names.
  [[nodiscard]] std::vector<FreezeChoice> of(const std::string& host, const std::map<std::string, std::string>& labels);

  /// Reports freeze periods that concerned no host so far, and why.
  [[nodiscard]] Diagnostics unmatched() const;

 private:
  const Manifest& manifest_;
  std::vector<FreezeChoice> all_;
  std::set<const FreezePeriod*> matched_;
};

}  // namespace firmform::manifest

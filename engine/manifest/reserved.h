// SPDX-License-Identifier: Apache-2.0
// What the manifest declares and this version does not act on; it makes a host untouchable.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/manifest/desired.h"

namespace firmform::manifest {

/// Collects uses of reserved features over all hosts, for one warning per feature.
class ReservedUses {
 public:
  /// `feature` as in Reserved::feature; `host` may be empty.
  void add(const std::string& feature, SourceSpan span, const std::string& host);
  [[nodiscard]] Diagnostics warnings() const;

 private:
  struct Use {
    std::set<SourceSpan> places;
    std::string last_host;
    std::size_t hosts = 0;
  };
  std::map<std::string, Use> uses_;
};

inline constexpr const char* kHypervisorFeature = "hypervisors";

}  // namespace firmform::manifest
